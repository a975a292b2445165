import { accountChangeOperations } from './account-changes.js';
import { accountOperations } from './accounts.js';
import { addressOperations } from './addresses.js';
import { certificateOperations } from './certificates.js';
import { keyOperations } from './keys.js';
import { ownAccountOperations } from './own-account.js';
import { sessionOperations } from './session.js';

export * from './account-changes.js';
export * from './accounts.js';
export * from './addresses.js';
export * from './certificates.js';
export * from './credential.js';
export * from './day.js';
export * from './faults.js';
export * from './keys.js';
export * from './network.js';
export * from './operation.js';
export * from './organisation.js';
export * from './own-account.js';
export * from './plain-name.js';
export * from './query.js';
export * from './role.js';
export * from './session.js';
export * from './shapes.js';
export { z } from './zod.js';

/** Every operation by its id: what the routes, the document, the viewer's calls and the tests read. */
export const operations = {
  ...sessionOperations,
  ...ownAccountOperations,
  ...accountOperations,
  ...accountChangeOperations,
  ...keyOperations,
  ...certificateOperations,
  ...addressOperations,
};
export type Operations = typeof operations;
