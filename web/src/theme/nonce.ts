/** The page's nonce, under which style elements may be added to it: the server puts it into a meta element. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

// where Mantine's scroll lock looks for it
Object.assign(globalThis, { __webpack_nonce__: nonce });
