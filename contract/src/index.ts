import { addressOperations } from './addresses.js';
import { certificateOperations } from './certificates.js';
import { keyOperations } from './keys.js';

export * from './addresses.js';
export * from './certificates.js';
export * from './credential.js';
export * from './day.js';
export * from './faults.js';
export * from './keys.js';
export * from './network.js';
export * from './operation.js';
export * from './plain-name.js';
export * from './shapes.js';
export { z } from './zod.js';

/** Every operation by its id: what the routes, the document, the viewer's calls and the tests read. */
export const operations = { ...keyOperations, ...certificateOperations, ...addressOperations };
export type Operations = typeof operations;
