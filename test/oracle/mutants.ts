import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Yutu } from '../harness.js';
import { broken, copiedServer, fileOf, type Mutant } from './copied.js';
import { unnoticed } from './leaks/events.js';
import { Examination } from './leaks/examine.js';
import { examinePlans } from './leaks/plans.js';
import { type Cast, inTurns, makeCast, type Stage, setStage } from './leaks/stage.js';
import { seeded } from './leaks/world.js';

/**
 * Who watches the leak matrix? Copies of the built server, each with one rule broken, must fail it. A mutation that no longer finds
 * its place in the code fails, too: it has to follow the code. Run by `npm run mutants`.
 */
const mutants: Mutant[] = [
  { name: 'the area is dropped', file: 'access/predicate.js', from: 'if (view.area === null)', to: 'if (true)' },
  {
    name: 'the rows are dropped in SQL',
    file: 'access/predicate.js',
    from: 'const rows = view.rows === null',
    to: 'const rows = true',
  },
  { name: 'the rows are dropped in tiles', file: 'tiles/masks.js', from: 'rows: isLimited(v) ? null : v.rows', to: 'rows: null' },
  {
    name: 'all views but one are dropped',
    file: 'access/canonical.js',
    from: 'kept.slice(0, MAX_VIEWS)',
    to: 'kept.slice(0, 1)',
  },
  {
    name: 'values stand in for masks',
    file: 'access/predicate.js',
    from: "form === 'value' ? column : maskSql(field, column)",
    to: 'column',
  },
  { name: 'values stand in for codes', file: 'access/predicate.js', from: "if (form === 'code')", to: 'if (false)' },
  {
    name: 'the term is ignored',
    file: 'access/decide.js',
    from: 'if (now < grant.from || now >= grant.until)',
    to: 'if (false)',
  },
  { name: 'revocation is ignored', file: 'access/grants.js', from: 'g.revoked_at is null and ', to: '' },
  { name: 'a pair needs no second signature', file: 'access/grants.js', from: 'g.active and ', to: '' },
  { name: 'cache keys forget fields', file: 'access/canonical.js', from: 'fields: [...view.fields]', to: 'fields: []' },
  { name: 'cache keys forget the area', file: 'access/canonical.js', from: 'area: view.area?.hash ?? null', to: 'area: null' },
  {
    name: 'cache keys forget the precision',
    file: 'access/canonical.js',
    from: 'precision: view.precision,',
    to: 'precision: null,',
  },
  {
    name: 'boxes probe the true geometry',
    file: 'store/fence.js',
    from: 'st_intersects(${access.geometry}, ',
    to: 'st_intersects(t.geom, ',
  },
  {
    name: 'every feature is whole',
    file: 'access/predicate.js',
    from: 'const whole = parts.length === 1',
    to: "const whole = true ? 'true' : parts.length === 1",
  },
  {
    name: 'the deepest zoom is forgotten',
    file: 'access/canonical.js',
    from: 'v.maxZoom === null || zoom <= v.maxZoom',
    to: 'true',
  },
  { name: 'a field that any view shows can be filtered', file: 'access/visible.js', from: 'views.every(', to: 'views.some(' },
  { name: 'keys need no right to machine use', file: 'access/decide.js', from: "v.actions.has('api') && ", to: '' },
  {
    name: 'keys reach beyond their scope',
    file: 'access/decide.js',
    from: 'caller.scope === null || caller.scope.includes(layer.id)',
    to: 'true',
  },
  {
    name: 'every layer may be discovered',
    file: 'access/decide.js',
    from: 'new Access(layer.discoverable || known,',
    to: 'new Access(true,',
  },
  {
    name: 'small zooms are reduced for nobody',
    file: 'tiles/masks.js',
    from: 'anonymous: counted &&',
    to: 'anonymous: null &&',
  },
  {
    name: 'a quota does not reduce small zooms',
    file: 'access/decide.js',
    from: '(limited || hasQuota)',
    to: 'limited',
  },
  {
    name: 'cache keys forget what counts as drawn',
    file: 'access/canonical.js',
    from: '...(view.counted && { counted: view.counted })',
    to: '...{}',
  },
  {
    name: 'an edit that changes nothing shows in tiles',
    file: '@yutu/tiles/cut/edits.js',
    from: 'if (row && !(this.has(fid) && holds(snapshot, row)))',
    to: 'if (true)',
    also: { from: 'return KEY[0] * 2 ** 24 + KEY[1];', to: 'return 0;' },
  },
  { name: 'a closed layer tells where its rows lie', file: 'features/counts.js', from: ': this.home()', to: ': layer.extent' },
  { name: 'an owner withholds nothing', file: 'access/decide.js', from: "classOf(layer) !== 'withheld'", to: 'true' },
  {
    name: 'personal fields come along with the rest',
    file: 'catalogue/definition.js',
    from: "sensitivity === 'personal' ?",
    to: 'false ?',
  },
  { name: 'a claim may be of what no view shows', file: 'store/verify.js', from: 'return bits === all ?', to: 'return true ?' },
  {
    name: 'small groups are told to everyone',
    file: 'features/small-groups.js',
    from: 'layer.policy.analyseAtLeast ?? (guarded ? AT_LEAST : 1)',
    to: '1',
  },
  { name: 'none is told from few', file: 'features/small-groups.js', from: 'total < least)', to: 'total > 0 && total < least)' },
  {
    name: 'reads but those for tiles drop the predicate',
    file: 'store/fence.js',
    from: 'const where = [access.where];',
    to: "const where = ['true'];",
  },
  {
    name: 'filters stand beside the predicate',
    file: 'store/fence.js',
    from: "' offset 0'",
    to: "''",
  },
  {
    name: 'arithmetic overflows',
    file: 'access/filter-sql.js',
    from: 'return `yutu.times(${x}, ${y})`;',
    to: 'return `(${x} * ${y})`;',
  },
  {
    name: 'arithmetic divides by zero',
    file: 'access/filter-sql.js',
    from: 'return `yutu.quotient(${x}, ${y})`;',
    to: 'return `(${x} / ${y})`;',
  },
  {
    name: 'an account that nobody confirmed has its rights',
    file: 'identity/sessions.js',
    from: 'not a.disabled and a.confirmed_at is not null`',
    to: 'not a.disabled`',
  },
  {
    name: 'a key is judged without the person behind it',
    file: 'identity/callers.js',
    from: "this.hasEnded('key', row)",
    to: 'false',
  },
  {
    name: 'a credential opens again for who comes back',
    file: 'identity/standing.js',
    from: 'person.stamp === bond.stamp ? null :',
    to: 'true ? null :',
  },
  {
    name: 'a signed address is judged without its network',
    file: 'identity/signed.js',
    from: 'signed.networks !== null',
    to: 'false',
  },
  {
    name: 'anybody of the office rotates a key',
    file: 'identity/holders.js',
    from: "held.kind === 'key' && holds",
    to: "held.kind === 'key' && inOffice",
  },
];

const seed = 20261122;
const cast: Cast = makeCast(seed, { growing: 1, worlds: 1 });
const only = process.env.MUTANTS?.split(',');
/** The whole list, or every n-th of it. */
const chosen = mutants.filter((_, i) => !only || only.includes(String(i + 1)));
let stage: Stage;
let running: Yutu;
let folder: string;

beforeAll(async () => {
  stage = await setStage(cast);
  running = stage.yutu;
  await running.stop();
  folder = copiedServer();
}, 400_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await running.discard();
});

/** Runs the copy as it stands now, and the matrix against it until the first difference. */
async function differences(): Promise<Examination> {
  // What a broken server packed is not left to the next.
  rmSync(join(running.dataDir, 'snapshots'), { recursive: true, force: true });
  const plans = await examinePlans(running, join(folder, 'server'));
  const examination = stage.examination(1);
  examination.comparisons += plans.plans;
  examination.findings.push(...plans.findings);
  if (examination.over) return examination;
  running = await running.again({}, join(folder, 'server/bin/yutu.js'));
  const random = seeded(seed);
  const pairs = cast.pairs
    .map((pair) => ({ pair, at: random() }))
    .sort((a, b) => a.at - b.at)
    .filter(({ pair: [, layer] }, i) => i < 400 || layer.id.startsWith('twins'));
  await inTurns(pairs, examination, async ({ pair: [caller, layer, turn], at }) => {
    await examination.items(caller, layer);
    for (const coord of Examination.coords(turn)) await examination.tile(caller, layer, coord);
    if (at < 0.08) await examination.everySurface(caller, layer, random);
  });
  if (!examination.over)
    await unnoticed(
      examination,
      cast.fixed.filter((_, i) => i % 4 === 0),
    );
  await running.stop();
  return examination;
}

describe('the matrix', () => {
  it('finds nothing in a copy that is not broken', async () => {
    const examination = await differences();
    console.log(`${examination.comparisons} comparisons`);
    expect(examination.findings).toEqual([]);
    expect(examination.comparisons).toBeGreaterThan(1_000);
  });

  it.each(chosen)('finds out that $name', async (mutant) => {
    const path = fileOf(folder, mutant.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, broken(text, mutant));
    try {
      const { findings, comparisons } = await differences();
      console.log(`after ${comparisons} comparisons: ${findings[0]?.slice(0, 160)}`);
      expect(findings.length).toBeGreaterThan(0);
    } finally {
      writeFileSync(path, text);
    }
  });
});
