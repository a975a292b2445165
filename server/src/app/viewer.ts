import { randomBytes } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { fail } from '../errors/fail.js';
import { viewerPolicy } from '../http/headers.js';
import { type FaultContext, sendProblem } from '../http/respond.js';

/** What web/vite.config.ts and web/index.html have where a page's nonce and the path of the platform on its host belong. */
const NONCE = /\{\{nonce\}\}/g;
const BASE = /\{\{base\}\}/g;
/** Files of the page, relative as they are built: the page is at many addresses. */
const RELATIVE = /\b(src|href)="\.\//g;

/** The viewer: its files, and its one page at every address that is not a file's. @param base path of the platform on its host, '' or like '/gis' */
export function makeViewer(folder: string, faults: FaultContext, base: string): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const files = express.static(folder, { index: false, redirect: false, immutable: true, maxAge: '1y' });
  // Scripts and styles lie there compressed, too, better than could be done for each answer.
  app.use(async (req, res, next) => {
    const type = /^\/assets\/[\w.-]+\.(m?js|css)$/.exec(req.path)?.[1];
    if (!type) return next();
    res.vary('Accept-Encoding');
    const best = req.acceptsEncodings('br', 'identity') === 'br';
    if (
      !best ||
      !(await access(join(folder, `${req.path}.br`)).then(
        () => true,
        () => false,
      ))
    )
      return next();
    res.type(type === 'css' ? 'css' : 'js').setHeader('Content-Encoding', 'br');
    req.url = `${req.path}.br`;
    next();
  });
  // The page itself is none of the files: as it lies there it has no nonce.
  app.use((req, res, next) => (req.path === '/index.html' ? fail('not_found') : files(req, res, next)));
  app.use(async (req, res) => {
    // Files that do not exist are not addresses of the page.
    if ((req.method !== 'GET' && req.method !== 'HEAD') || /\.[a-z0-9]+$/i.test(req.path)) fail('not_found');
    const nonce = randomBytes(16).toString('base64');
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    res.setHeader('Content-Security-Policy', viewerPolicy(nonce)).setHeader('Cache-Control', 'no-store').type('html');
    // Not by `send`, which may answer 304: a page of before would not fit the new nonce.
    res.end(req.method === 'HEAD' ? undefined : page.replace(NONCE, nonce).replace(BASE, base).replace(RELATIVE, `$1="${base}/`));
  });
  const answer: ErrorRequestHandler = (error, req, res, _next) => sendProblem(req, res, error, faults);
  app.use(answer);
  return app;
}
