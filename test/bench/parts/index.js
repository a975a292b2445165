import { access } from './access.js';
import { cut } from './cut.js';
import { deep } from './deep.js';
import { edit } from './edit.js';
import { fairness } from './fairness.js';
import { growth } from './growth.js';
import { guard } from './guard.js';
import { http } from './http.js';
import { load } from './import.js';
import { items } from './items.js';
import { martin } from './martin.js';
import { masks } from './masks.js';
import { overload } from './overload.js';

/**
 * The parts of the bench in the order of the report. Each has a title; `run(bench)` giving the figures to reach beside those measured
 * (`verdicts`) and the text with the tables (`body`); maybe `lacks(bench)` giving the reason why it cannot run here.
 */
export const parts = { cut, deep, growth, masks, access, http, guard, martin, overload, fairness, edit, items, import: load };
