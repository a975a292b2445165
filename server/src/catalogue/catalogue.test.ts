import { describe, expect, it } from 'vitest';
import type { Bus, Message } from '../db/bus.js';
import type { Database } from '../db/database.js';
import { Catalogue } from './catalogue.js';

/** A catalogue whose database answers for layers when and in which order a test likes. */
function catalogue() {
  const answers: ((version: number) => void)[] = [];
  let hear: (m: Message) => unknown = () => {};
  const db = {
    query: (sql: string) =>
      /from yutu\.layer/.test(sql)
        ? new Promise((resolve) => answers.push((version) => resolve([{ id: 'parcels', version }])))
        : Promise.resolve([]),
  } as unknown as Database;
  const bus = {
    subscribe(ear: typeof hear) {
      hear = ear;
    },
  } as unknown as Bus;
  return { catalogue: new Catalogue(db, bus), answers, tell: (m: Message) => hear(m) };
}
const edited = (version: number): Message => ({ kind: 'layer', layer: 'parcels', version });

describe('the catalogue', () => {
  it('takes in a layer’s new version', async () => {
    const { catalogue: c, answers, tell } = catalogue();
    const heard = tell(edited(2));
    answers[0]!(2);
    await heard;
    expect(c.layers.get('parcels')).toMatchObject({ version: 2, fields: [] });
  });

  it('never goes back to an older one because an answer came late', async () => {
    const { catalogue: c, answers, tell } = catalogue();
    const [first, second] = [tell(edited(2)), tell(edited(3))];
    answers[1]!(3);
    await second;
    answers[0]!(2);
    await first;
    expect(c.layers.get('parcels')!.version).toBe(3);
  });

  it('has a name for every organisation, also one that is gone', () => {
    expect(catalogue().catalogue.organisation('gone')).toMatchObject({ id: 'gone', titleZh: 'gone', division: null });
  });
});
