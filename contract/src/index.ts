import { accessOperations } from './access.js';
import { accountChangeOperations } from './account-changes.js';
import { accountOperations } from './accounts.js';
import { addressOperations } from './addresses.js';
import { agreementOperations } from './agreements.js';
import { auditOperations } from './audit.js';
import { certificateOperations } from './certificates.js';
import { governanceOperations } from './governance.js';
import { grantOperations } from './grants.js';
import { keyOperations } from './keys.js';
import { ownAccountOperations } from './own-account.js';
import { requestOperations } from './requests.js';
import { sessionOperations } from './session.js';

export * from './access.js';
export * from './account-changes.js';
export * from './accounts.js';
export * from './addresses.js';
export * from './agreement.js';
export * from './agreements.js';
export * from './area.js';
export * from './audit.js';
export * from './certificates.js';
export * from './credential.js';
export * from './day.js';
export * from './faults.js';
export * from './governance.js';
export * from './grant.js';
export * from './grants.js';
export * from './keys.js';
export * from './network.js';
export * from './operation.js';
export * from './organisation.js';
export * from './own-account.js';
export * from './plain-name.js';
export * from './query.js';
export * from './request.js';
export * from './requests.js';
export * from './role.js';
export * from './session.js';
export * from './shapes.js';
export { GRANT_ID, REQUEST_ID } from './story.js';
export * from './terms.js';
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
  ...requestOperations,
  ...grantOperations,
  ...agreementOperations,
  ...accessOperations,
  ...auditOperations,
  ...governanceOperations,
};
export type Operations = typeof operations;
