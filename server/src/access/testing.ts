import type { Catalogue } from '../catalogue/catalogue.js';
import { emptyInstance } from '../catalogue/catalogue.js';
import type { Organisation } from '../catalogue/organisations.js';

/** For tests: a city of which nothing is known but what is said. */
export const noCity = (organisations: readonly Organisation[] = []): Pick<Catalogue, 'organisations' | 'instance'> => ({
  organisations: new Map(organisations.map((o) => [o.id, o])),
  instance: emptyInstance,
});
