import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `vite dev` hands the API over to a server started beside it. */
const api = process.env.YUTU_API ?? 'http://localhost:8080';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
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
