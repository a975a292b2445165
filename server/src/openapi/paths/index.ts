import {
  accessOperations,
  accountChangeOperations,
  accountOperations,
  addressOperations,
  agreementOperations,
  auditOperations,
  certificateOperations,
  governanceOperations,
  grantOperations,
  keyOperations,
  ownAccountOperations,
  requestOperations,
  sessionOperations,
} from '@yutu/contract';
import { pathsOf } from '../contracted.js';
import type { Paths } from '../types.js';
import { collectionPaths } from './collections.js';
import { draftPaths } from './drafts.js';
import { featurePaths } from './features.js';
import { livePaths } from './live.js';
import { operationsPaths } from './operations.js';
import { platformPaths } from './platform.js';
import { resultPaths } from './results.js';
import { signInPaths } from './sign-in.js';
import { standardPaths } from './standard.js';
import { tilePaths } from './tiles.js';

/** Everything below `/api`. */
export const paths: Paths = {
  ...standardPaths,
  ...collectionPaths,
  ...featurePaths,
  ...resultPaths,
  ...tilePaths,
  ...pathsOf(addressOperations),
  ...draftPaths,
  ...platformPaths,
  ...pathsOf(sessionOperations),
  ...signInPaths,
  ...pathsOf(ownAccountOperations),
  ...pathsOf(accountOperations),
  ...pathsOf(accountChangeOperations),
  ...pathsOf(keyOperations),
  ...pathsOf(certificateOperations),
  ...pathsOf(requestOperations),
  ...pathsOf(grantOperations),
  ...pathsOf(agreementOperations),
  ...pathsOf(accessOperations),
  ...pathsOf(auditOperations),
  ...pathsOf(governanceOperations),
  ...livePaths,
};

/** What stands at the root. */
export const rootPaths: Paths = operationsPaths;
