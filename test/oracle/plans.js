/**
 * `node test/oracle/plans.js <folder of a server> <data folder> [address of a database]`: has the store of a built server read a layer of
 * the leak matrix' world as narrowed callers, and looks at the database's plans: no expression that a caller wrote or chose may stand at
 * or below the node that asks the access predicate, but the box's `&&` and ids. Prints `{ plans, findings }`. A process of its own, for
 * copies of the server differ in nothing but their text. The server must not be running on an embedded database.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [server, dataDir, databaseUrl] = process.argv.slice(2);
const of = (path) => import(pathToFileURL(join(server, 'dist', path)));
const { isLimited } = await of('access/view.js');
const { viewSet } = await of('access/canonical.js');
const { loadLayers, tableOf } = await of('catalogue/layers.js');
const { queryItems, countItems } = await of('store/items.js');
const { statisticsOf } = await of('store/statistics.js');
const { verifyClaims } = await of('store/verify.js');
const { overlayOf } = await of('store/analyse.js');
const { feedBetween } = await of('store/feed.js');
const { rowsSelect, withinBox } = await of('store/tile-rows.js');
const { cutSelect, membersSelect } = await of('store/snapshot-select.js');
const { query, close } = await open();

/** What marks the access predicate, and what marks the caller's expressions; both are constants in the plan. */
const ACCESS = 'mark-of-access';
const CALLER = 'mark-of-caller';
const NUMBER = 31337.25;
/** A geometry of the caller's, as a plan shows it; a condition on boxes may name it. Areas come from sub-selects and show no geometry. */
const GEOMETRY = /'[0-9A-F]{42,}'::geometry/;
const BOXES_MEET = new RegExp(`&& ${GEOMETRY.source}|${GEOMETRY.source} &&`, 'g');

const findings = [];
let plans = 0;

/** Conditions, keys and the rest of a node, without what it gives and without those below it. */
const ownText = ({ Plans: _below, Output: _given, ...own }) => JSON.stringify(own);
const below = (node) => [node, ...(node.Plans ?? []).flatMap(below)];
const isCallers = (text) => {
  const rest = text.replaceAll(BOXES_MEET, '');
  return (
    [CALLER, String(NUMBER), 'yutu.', 'width_bucket', 'st_asgeojson'].some((mark) => rest.includes(mark)) || GEOMETRY.test(rest)
  );
};

/** Looks through the plan of a statement. @returns what stands where it may not */
async function examine(sql, params) {
  const [row] = await query(`explain (verbose, format json) ${inlined(sql, params)}`);
  const [{ Plan: plan }] = row['QUERY PLAN'];
  // The lowest that names it: above, it decides how a feature is shown, no more whether.
  const names = (node) => ownText(node).includes(ACCESS);
  const asking = below(plan).filter((node) => names(node) && below(node).filter(names).length === 1);
  const wrong = asking.flatMap((node) => below(node).map(ownText).filter(isCallers));
  return { asked: asking.length > 0, text: JSON.stringify(plan), wrong };
}

/** Parameters as the plan shall show them. */
function inlined(sql, params) {
  const literal = (value) =>
    value === null ? 'null' : `'${String(Array.isArray(value) ? `{${value.join()}}` : value).replaceAll("'", "''")}'`;
  return sql.replaceAll(/\$(\d+)/g, (_, n) => literal(params[n - 1]));
}

const [layer] = (await loadLayers({ query })).filter((l) => l.geometryType === 'polygon' && l.srid === 4490);
const [area] = await query("select id, hash from yutu.area where divisions = '{510001}'");
const fields = (...names) => new Map(names.map((name) => [name, 'value']));
const every = layer.fields.map((f) => f.name);
const marked = { op: '<>', args: [{ property: 'grade' }, ACCESS] };
const view = (wish) => ({
  ...{ actions: new Set(), fields: fields(...every), rows: marked, area: null, maxZoom: null },
  ...{ precision: null, source: 'grant', grant: 'g', until: null, ...wish },
});
const callers = {
  'who sees some rows': viewSet([view({})]),
  'who sees some rows of an area': viewSet([view({ area })]),
  'who sees some rows of an area coarsely': viewSet([view({ area, precision: { kind: 'grid', metres: 150 } })]),
  'who has two grants': viewSet([
    view({ area }),
    view({ rows: { op: 'and', args: [marked, { op: '>', args: [{ property: 'count' }, 30] }] } }),
  ]),
};
const bbox = [106.51, 29.51, 106.53, 29.53];
const polygon = {
  type: 'Polygon',
  coordinates: [
    [
      [106.51, 29.51],
      [106.55, 29.51],
      [106.55, 29.55],
      [106.51, 29.51],
    ],
  ],
};
const text = { op: 'like', args: [{ op: 'casei', args: [{ property: 'name' }] }, `%${CALLER}%`] };
const number = { op: '>', args: [{ op: '*', args: [{ property: 'size' }, NUMBER] }, 1] };
const shape = { op: 's_intersects', args: [{ property: 'geometry' }, polygon] };
const both = { op: 'or', args: [text, number, shape] };
const claim = (wish) => ({ fid: null, match: new Map(), claims: new Map([['holder', CALLER]]), ...wish });
const within = (l) => withinBox(l, [106.51, 29.51, 106.53, 29.53], 20_000, 60).condition;

/** Every read that takes something from a caller; `free`: it takes boxes and ids alone. */
const reads = {
  'a page': { free: true, run: (q, set) => queryItems(q, layer, set, { limit: 11, after: 5 }) },
  'a page of a box': { run: (q, set) => queryItems(q, layer, set, { limit: 11, bbox }) },
  'a page of a box by filter': { run: (q, set) => queryItems(q, layer, set, { limit: 11, bbox, filter: both, after: 5 }) },
  'a search': { run: (q, set) => queryItems(q, layer, set, { limit: 8, filter: text }) },
  'a feature': { free: true, run: (q, set) => queryItems(q, layer, set, { limit: 1, fids: [7] }) },
  'a count by filter': { run: (q, set) => countItems(q, layer, set, { filter: number }) },
  'a count by shape': { run: (q, set) => countItems(q, layer, set, { bbox, filter: shape }) },
  statistics: { run: (q, set) => statisticsOf(q, layer, set, { by: 'grade', of: 'size', filter: both, bbox }) },
  'statistics by breaks': { run: (q, set) => statisticsOf(q, layer, set, { by: 'size', breaks: [1, NUMBER], of: 'count' }) },
  'an overlay': { run: (q, set) => overlayOf(q, layer, set, polygon, 'grade') },
  'a claim by id': { run: (q, set) => verifyClaims(q, layer, set, [claim({ fid: 7 })]) },
  'claims by id and by match': {
    run: (q, set) => verifyClaims(q, layer, set, [claim({ fid: 7 }), claim({ match: new Map([['name', CALLER]]) })]),
  },
  changes: { free: true, run: (q, set) => feedBetween(q, layer, set, 1, 2, 10) },
  'rows of a tile': { free: true, run: (q, set) => q.query(rowsSelect(layer, set.views, within(layer), 20_000)) },
  'members of a tile': {
    free: true,
    run: (q, set) => q.query(`${membersSelect(layer, set.views)} and ${within(layer)}`),
  },
  'cut members of a tile': {
    free: true,
    only: isLimited,
    run: (q, set) => q.query(`${cutSelect(layer, set.views)} and ${within(layer)}`),
  },
};

for (const [who, set] of Object.entries(callers))
  for (const [what, { run, free, only = () => true }] of Object.entries(reads)) {
    if (!set.views.some(only)) continue;
    let looked = 0;
    const explaining = {
      async query(sql, params = []) {
        if (sql.includes('st_isvalid')) return [{ valid: true }];
        if (sql.startsWith('select case when max(total)')) return [{ version: null }];
        if (/^select version, fid/.test(sql)) return [{ version: 2, fid: 7, oldBox: null, newBox: null }];
        const { asked, wrong, text: plan } = await examine(sql, params);
        looked++;
        plans++;
        if (!asked) findings.push(`${what} for ${who}: the access predicate is nowhere in the plan`);
        if (!free && !isCallers(plan)) findings.push(`${what} for ${who}: what the caller asks is nowhere in the plan`);
        findings.push(
          ...wrong.map((own) => `${what} for ${who}: beside or below the access predicate stands ${own.slice(0, 600)}`),
        );
        return [];
      },
    };
    await run(explaining, set).catch((error) => {
      if (!(error instanceof TypeError)) throw error; // it misses the rows of its answer
    });
    if (looked === 0) findings.push(`${what} for ${who} asks the database nothing`);
  }

// Is the walk blind? What it is there to find, it must find.
const beside = `select count(*) from ${tableOf(layer)} t where t.grade <> '${ACCESS}' and t.name = '${CALLER}'`;
if ((await examine(beside, [])).wrong.length === 0) findings.push('a filter beside the predicate is not found');

await close();
console.log(JSON.stringify({ plans, findings }));

async function open() {
  if (databaseUrl) {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return { query: async (sql, params) => (await client.query(sql, params)).rows, close: () => client.end() };
  }
  const { PGlite } = await import('@electric-sql/pglite');
  const { postgis } = await import('@electric-sql/pglite-postgis');
  const db = await PGlite.create({ dataDir: join(dataDir, 'database'), extensions: { postgis } });
  return { query: async (sql, params) => (await db.query(sql, params)).rows, close: () => db.close() };
}
