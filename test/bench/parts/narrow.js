import { Decisions } from '../../../server/dist/access/decisions.js';
import { GrantBook } from '../../../server/dist/access/grants.js';
import { Catalogue } from '../../../server/dist/catalogue/catalogue.js';
import { Bus } from '../../../server/dist/db/bus.js';
import { openPostgis } from '../../../server/dist/db/postgis.js';
import { queryItems, summaryOf } from '../../../server/dist/store/items.js';
import { count, ms, table } from '../format.js';
import { median } from '../statistics.js';

/** So many times the demonstration's parcels. */
const TIMES = 10;
const LIMIT = 1_001;
const MOST = 1.3;
const grantee = { kind: 'user', name: 'steward-housing', organisation: 'housing', roles: ['steward'], scope: null, keyId: null };

/**
 * What the fence between the access predicate and a caller's own conditions costs a narrow grantee: a page of a box, with and without a
 * filter, as it is asked, and the same statement without the fence.
 * @param url the demonstration's database; nobody else writes to it
 */
export async function narrowPages(bench, house, url) {
  await house.withDatabase(url, multiply);
  const db = openPostgis(url, { poolSize: 2, queryTimeoutMs: 60_000 });
  try {
    const bus = new Bus(db);
    const catalogue = new Catalogue(db, bus);
    const book = new GrantBook(db, bus, 'Asia/Shanghai');
    await catalogue.reload();
    await book.reload();
    const layer = catalogue.layers.get('parcels');
    const set = new Decisions(book, catalogue).of(grantee, layer).for('query');
    const { features, box } = await summaryOf(db, layer, set);
    const third = [(box[2] - box[0]) / 3, (box[3] - box[1]) / 3];
    const bbox = [box[0] + third[0], box[1] + third[1], box[2] - third[0], box[3] - third[1]];
    const filter = { op: '>', args: [{ property: 'area_m2' }, 500] };
    const unfenced = { query: (sql, params) => db.query(sql.replaceAll(' offset 0', ''), params) };
    const rows = [];
    for (const [what, query] of [
      ['a page of a box', { bbox, limit: LIMIT }],
      ['with a filter', { bbox, filter, limit: LIMIT }],
    ]) {
      const took = { fenced: [], unfenced: [] };
      for (let round = 0; round <= (bench.quick ? 3 : 15); round++)
        for (const [name, q] of round % 2
          ? [
              ['fenced', db],
              ['unfenced', unfenced],
            ]
          : [
              ['unfenced', unfenced],
              ['fenced', db],
            ]) {
          const begun = performance.now();
          await queryItems(q, layer, set, query);
          if (round > 0) took[name].push(performance.now() - begun);
        }
      rows.push({ what, fenced: median(took.fenced), unfenced: median(took.unfenced) });
    }
    const worst = Math.max(...rows.map((row) => row.fenced / row.unfenced));
    return {
      verdicts: [
        ['A narrow grantee’s page of a box', `≤ ${MOST} of the time without the fence`, worst.toFixed(2), worst <= MOST],
      ],
      body: [
        `${count(features)} of the parcels (${TIMES} times the demonstration’s) are shown to \`${grantee.name}\`; ${LIMIT} features of a box, as the store asks for them and by the same statement without the fence, in turns, medians.`,
        table(
          ['', 'fenced, ms', 'not, ms'],
          rows.map((row) => [row.what, ms(row.fenced), ms(row.unfenced)]),
        ),
      ].join('\n\n'),
    };
  } finally {
    await db.close();
  }
}

/** Adds copies of every parcel. */
async function multiply(client) {
  const { rows } = await client.query(
    `select string_agg(quote_ident(column_name), ', ') as list from information_schema.columns
     where table_schema = 'org_planning' and table_name = 'parcels' and column_name <> 'fid'`,
  );
  const [{ list }] = rows;
  await client.query(
    `insert into org_planning.parcels (${list}) select ${list} from org_planning.parcels, generate_series(2, ${TIMES}) n order by n, fid`,
  );
  await client.query('analyze org_planning.parcels');
}
