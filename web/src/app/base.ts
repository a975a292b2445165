/** What the server writes into its page (server/src/app/viewer.ts); the page of `vite dev` still has the place for it. */
const written = typeof document === 'undefined' ? '' : document.querySelector<HTMLMetaElement>('meta[name="base"]')?.content;

/** The path under which the platform lies on its host: '' or one like '/gis'. Every address of ours begins with it. */
export const base = written && !written.startsWith('{') ? written : '';

/** The public address of the platform, for links and examples to take away. */
export const site = () => `${location.origin}${base}`;

/** The path within the platform of the page that is open. */
export const pathHere = () => location.pathname.slice(base.length) || '/';
