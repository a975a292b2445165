import { Decisions } from '../../../server/dist/access/decisions.js';
import { GrantBook } from '../../../server/dist/access/grants.js';
import { Catalogue } from '../../../server/dist/catalogue/catalogue.js';
import { Bus } from '../../../server/dist/db/bus.js';
import { openPostgis } from '../../../server/dist/db/postgis.js';
import { cookieOf, organisation, person, ROLES, writeSharing } from '../data/sharing.js';
import { count, ms, table } from '../format.js';
import { withInstances } from '../instance.js';
import { seeded, spread } from '../statistics.js';

const LAYERS = 1_000;
const GRANTS = 20_000;
const CURVE = [
  [100, 20_000],
  [300, 20_000],
  [1_000, 2_000],
  [LAYERS, GRANTS],
  [1_000, 100_000],
];
const PAGES = 15;

/** Who may see what: a decision, compiled and cold, and the catalogue page of one who has many grants, as layers and grants grow. */
export const access = {
  title: 'Decisions',
  run: (bench) =>
    withInstances('postgis', async (house) => {
      const rows = [];
      for (const [layers, grants] of bench.quick ? [[LAYERS, GRANTS]] : CURVE)
        rows.push(await measure(bench, house, layers, grants));
      return resultOf(rows);
    }),
};

async function measure(bench, house, layers, grants) {
  const empty = await house.start({}, 'empty');
  await empty.stop();
  await house.withDatabase(empty.databaseUrl, (client) => writeSharing(client, layers, grants));
  const decided = await decisions(empty.databaseUrl);
  const yutu = await empty.again();
  const page = await cataloguePage(house, yutu);
  await yutu.stop();
  const row = { layers, grants, ...decided, ...page };
  bench.say(`${count(layers)} layers, ${count(grants)} grants: catalogue page ${ms(row.page.p50)} ms, first ${ms(row.first)} ms`);
  return row;
}

/** Times of decisions in this process, over the real book of grants: each caller and layer once cold, then again. */
async function decisions(url) {
  const db = openPostgis(url, { poolSize: 4, queryTimeoutMs: 60_000 });
  try {
    const bus = new Bus(db);
    const catalogue = new Catalogue(db, bus);
    const book = new GrantBook(db, bus, 'Asia/Shanghai');
    const decided = new Decisions(book, catalogue);
    await catalogue.reload();
    const begun = performance.now();
    await book.reload();
    const load = performance.now() - begun;
    const layers = [...catalogue.layers.values()];
    const callers = Array.from({ length: ROLES }, (_, n) => ({
      kind: 'user',
      name: person(n),
      organisation: organisation(n),
      roles: ['planner', `role${n}`, `role${(n + 7) % ROLES}`],
      scope: null,
      keyId: null,
    }));
    const random = seeded(50);
    const asked = Array.from({ length: 20_000 }, () => [
      callers[Math.floor(random() * callers.length)],
      layers[Math.floor(random() * layers.length)],
    ]);
    let seen = 0;
    const timed = ([caller, layer]) => {
      const start = performance.now();
      const { views, key } = decided.of(caller, layer).for('view');
      seen += views.length + key.length;
      return performance.now() - start;
    };
    const once = new Map(asked.map((pair) => [`${pair[0].name}/${pair[1].id}`, pair]));
    const cold = spread([...once.values()].map(timed));
    const compiled = spread(asked.map(timed));
    if (seen === 0) throw new Error('no decision gave anything');
    return { load, cold, compiled };
  } finally {
    await db.close();
  }
}

/** Times of GET /api/collections for somebody with two roles: the first after a start, and later ones. */
async function cataloguePage(house, yutu) {
  const caller = house.anonymous(yutu).with(cookieOf(person(3)));
  const times = [];
  let length = 0;
  for (let i = 0; i <= PAGES; i++) {
    const start = performance.now();
    const answer = await caller.get('/api/collections', { 'accept-encoding': 'gzip' });
    times.push(performance.now() - start);
    if (answer.status !== 200) throw new Error(`the catalogue answered ${answer.status}`);
    length = answer.json.collections.length;
    if (!answer.json.collections.some(({ yutu: { access: a } }) => a.source === 'grant')) throw new Error('nothing was granted');
  }
  const [first, ...later] = times;
  return { first, page: spread(later), listed: length };
}

function resultOf(rows) {
  const full = rows.find(({ layers, grants }) => layers === LAYERS && grants === GRANTS);
  const size = `${count(LAYERS)} layers × ${ROLES} roles × ${count(GRANTS)} grants`;
  const verdict = (what, most, value) => [what, `≤ ${most} ms`, `${ms(value)} ms`, value <= most];
  return {
    verdicts: [
      verdict(`access decision, compiled (median), ${size}`, 1, full.compiled.p50),
      verdict('access decision, cold (p99)', 20, full.cold.p99),
      verdict('catalogue page (median)', 50, full.page.p50),
    ],
    body: [
      `People of ${ROLES} organisations with two of ${ROLES} roles each; grants to roles, organisations, lines and persons, with rows, areas,
precisions and fields. Decisions in one process, cold once for each pair; the catalogue page over HTTP, all its layers with counts and extents as
one person sees them.`,
      table(
        [
          'layers',
          'grants',
          'load grants ms',
          'cold p50 ms',
          'cold p99 ms',
          'compiled p50 ms',
          'listed',
          'first page ms',
          'page p50 ms',
        ],
        rows.map((r) => [
          count(r.layers),
          count(r.grants),
          ms(r.load),
          ms(r.cold.p50),
          ms(r.cold.p99),
          ms(r.compiled.p50),
          r.listed,
          ms(r.first),
          ms(r.page.p50),
        ]),
      ),
    ].join('\n\n'),
  };
}
