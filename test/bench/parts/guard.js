import { count, ms, table } from '../format.js';
import { cityTiles, withInstances } from '../instance.js';
import { CONNECTIONS, lacksWrk, shuffled, tried, wrk } from '../load.js';

const ROUNDS = 5;
const BROWSER = { 'accept-encoding': 'gzip, deflate, br' };
const LAYER = 'parcels';
const MANY = 1e12;

/** What counting takes of the rate of cached tiles: a grantee's tiles with nothing counted, with what is drawn, and with a quota beside it. */
export const guard = {
  title: 'Counting what is drawn',
  lacks: lacksWrk,
  run: (bench) =>
    withInstances('postgis', async (house) => {
      bench.say('loading the demonstration');
      const limits = { rows: MANY, share: null, km2: null, days: 30, alarm: 1, slow: 1, stop: 1 };
      const cases = [
        await caseOf(house, 'nothing', null, null),
        await caseOf(house, 'what is drawn', limits, null),
        await caseOf(house, 'what is drawn, and a quota', limits, { requestsPerDay: MANY, features: MANY }),
      ];
      return resultOf(await inTurns(house, cases, bench));
    }),
};

/** An instance of its own with these limits for every level, and a grantee who has asked for each tile once. */
async function caseOf(house, name, limits, quota) {
  let place = await house.start();
  await place.stop();
  const extraction = { zoom: 12, levels: { public: limits, internal: limits, sensitive: limits } };
  await house.withDatabase(place.databaseUrl, (client) =>
    client.query(`update yutu.setting set value = value || jsonb_build_object('extraction', $1::jsonb) where key = 'instance'`, [
      JSON.stringify(extraction),
    ]),
  );
  place = await house.again(place);
  const [planner, steward] = [await house.signIn(place, 'planner'), await house.signIn(place, 'steward')];
  const until = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
  const actions = ['view', 'query', 'api'];
  const fields = [{ name: 'code', form: 'value' }];
  const area = null;
  const from = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const wish = { layer: LAYER, purpose: 'bench', actions, fields, area, from, until };
  const asked = await planner.post('/api/requests', wish);
  if (asked.status !== 201) throw new Error(`the request was answered ${asked.status}: ${asked.text.slice(0, 300)}`);
  const grant = { actions, fields, area, from, until, ...(quota && { quota }) };
  const decided = await steward.post(`/api/requests/${asked.json.id}/decision`, { outcome: 'narrower', reason: 'bench', grant });
  if (decided.status !== 200) throw new Error(`the decision was answered ${decided.status}: ${decided.text.slice(0, 300)}`);
  const paths = shuffled(cityTiles(house, LAYER, [12, 13]));
  const { requests } = await tried(planner.get, paths, { ...BROWSER, ...planner.headers });
  const auditor = await house.signIn(place, 'auditor');
  const { extraction: rows } = (await auditor.get('/api/governance/extraction')).json;
  if (rows.length > 0 !== (limits !== null)) throw new Error(`${name}: ${rows.length} rows were counted`);
  return { name, place, requests, drawn: rows[0]?.rows ?? 0 };
}

/** In turns, so that what else the machine does meets all alike; the first round warms up; of the others the middle one stands. */
async function inTurns(house, cases, { quick, say }) {
  const rounds = cases.map(() => []);
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, one] of cases.entries()) {
      say(`counting ${one.name}, ${round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`}`);
      const seconds = round === 0 || quick ? 2 : 6;
      const result = await wrk(one.place.url, one.requests, { folder: house.folder, seconds, pid: one.place.process.pid });
      if (round > 0) rounds[i].push(result);
    }
  return cases.map((one, i) => ({
    ...one,
    tiles: one.requests.length,
    ...rounds[i].toSorted((a, b) => a.perCore - b.perCore)[Math.floor(ROUNDS / 2)],
  }));
}

function resultOf(measured) {
  const [plain, drawn, both] = measured;
  const share = (one) => one.perCore / plain.perCore;
  return {
    verdicts: [
      ['cached tile, counting what is drawn', '≥ 0.9 of the rate without', share(drawn).toFixed(2), share(drawn) >= 0.9],
      ['cached tile, with a quota beside it', '≥ 0.9 of the rate without', share(both).toFixed(2), share(both) >= 0.9],
    ],
    body: [
      `Cached tiles of \`${LAYER}\` at zooms 12 and 13 for one grantee, by wrk with ${CONNECTIONS} connections; of ${ROUNDS} rounds in turns the one in the
middle. "Per core" is answers per second of processor time of the server.`,
      table(
        ['counted', 'tiles', 'features drawn', 'per second', 'per core', 'of nothing counted', 'p50 ms', 'p99'],
        measured.map((m) => [
          m.name,
          count(m.tiles),
          count(m.drawn),
          count(m.perSecond),
          count(m.perCore),
          share(m).toFixed(2),
          ms(m.p50),
          ms(m.p99),
        ]),
      ),
    ].join('\n\n'),
  };
}
