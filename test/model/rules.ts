import { decide } from '../../server/src/access/decide.js';
import { liftRefusal } from '../../server/src/governance/rules.js';
import { afterConfirmation, confirmRefusal, waits } from '../../server/src/identity/confirmation.js';
import { credentialRefusal } from '../../server/src/identity/holders.js';
import { needsFactor, refusal } from '../../server/src/identity/roles.js';
import { endedBy } from '../../server/src/identity/standing.js';
import { decisionRefusal, getterRefusal, giverRefusal, stepRefusal } from '../../server/src/requests/rules.js';

/** The server's own functions, by which the model judges every deed: nothing is decided a second time here. A mutant replaces one of them. */
export const rules = {
  decide,
  accountRefusal: refusal,
  needsFactor,
  waits,
  confirmRefusal,
  afterConfirmation,
  credentialRefusal,
  endedBy,
  giverRefusal,
  getterRefusal,
  stepRefusal,
  decisionRefusal,
  liftRefusal,
};
export type Rules = typeof rules;
