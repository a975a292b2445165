import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** `vite dev` hands the API over to a server started beside it. */
const api = process.env.YUTU_API ?? 'http://localhost:8080';

/** Scripts and styles compressed once, as well as can be: the server sends them as they lie there (server/src/app/viewer.ts). */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  writeBundle({ dir }) {
    const folder = join(dir!, 'assets');
    for (const name of readdirSync(folder).filter((name) => /\.(m?js|css)$/.test(name)))
      writeFileSync(join(folder, `${name}.br`), brotliCompressSync(readFileSync(join(folder, name))));
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed],
  // relative to each other: the server knows at which path of its host they lie
  base: './',
  // maplibre-gl 6 starts its worker as a module
  worker: { format: 'es' },
  // the server puts a new one in for every page (server/src/app/viewer.ts)
  html: { cspNonce: '{{nonce}}' },
  // the server compares Origin with Host: keep the browser's
  server: { proxy: { '/api': { target: api, changeOrigin: false } } },
  build: {
    target: 'es2022',
    // data: URLs are no `font-src 'self'`
    assetsInlineLimit: 0,
    // maplibre-gl is one module of 1 MB, 300 kB compressed
    chunkSizeWarningLimit: 1200,
  },
});
