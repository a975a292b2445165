/** The host of the examples. */
export const HOST = 'https://yutu.example';
export const API = `${HOST}/api`;
