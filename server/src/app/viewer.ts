import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import express, { Router } from 'express';
import { fail } from '../errors/fail.js';
import { viewerPolicy } from '../http/headers.js';

/** What web/vite.config.ts writes where a page's nonce belongs. */
const NONCE = /\{\{nonce\}\}/g;

/** The viewer: its files, and its one page at every address that is not a file's. */
export function viewerRoutes(folder: string): Router {
  const router = Router();
  const files = express.static(folder, { index: false, immutable: true, maxAge: '1y' });
  // The page itself is none of the files: as it lies there it has no nonce.
  router.use((req, res, next) => (req.path === '/index.html' ? fail('not_found') : files(req, res, next)));
  router.use(async (req, res) => {
    // Files that do not exist are not addresses of the page.
    if ((req.method !== 'GET' && req.method !== 'HEAD') || /\.[a-z0-9]+$/i.test(req.path)) fail('not_found');
    const nonce = randomBytes(16).toString('base64');
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    res.setHeader('Content-Security-Policy', viewerPolicy(nonce)).setHeader('Cache-Control', 'no-store').type('html');
    // Not by `send`, which may answer 304: a page of before would not fit the new nonce.
    res.end(req.method === 'HEAD' ? undefined : page.replace(NONCE, nonce));
  });
  return router;
}
