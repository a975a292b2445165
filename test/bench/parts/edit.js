import nodeHttp from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { count, ms, table } from '../format.js';
import { misses, withInstances } from '../instance.js';
import { spread } from '../statistics.js';

const LAYER = 'transport_nodes';
const PLACE = [106.6, 29.5];
const ELSEWHERE = [106.9, 29.9];
const ZOOM = 14;
const PATIENCE_MS = 5_000;

/** From a committed edit to the tile that shows it, and to the event in an open viewer, on both engines. */
export const edit = {
  title: 'An edit, until it is seen',
  async run(bench) {
    const engines = [];
    for (const engine of ['postgis', 'embedded'])
      engines.push(await withInstances(engine, (house) => measure(house, engine, bench)));
    return {
      verdicts: engines.flatMap(({ engine, correct, kept, far }) => [
        [
          `edit → new tile correct, ${engine}`,
          '≤ 200 ms',
          `p95 ${ms(correct.p95)} ms, max ${ms(correct.max)} ms`,
          correct.p95 <= 200,
        ],
        [
          `edit drops touched tiles only, ${engine}`,
          'none elsewhere',
          `${kept} of ${far} tiles elsewhere came from the cache`,
          kept === far,
        ],
      ]),
      body: [
        `A steward changes one feature of \`${LAYER}\` (PATCH with \`If-Match\`); its z${ZOOM} tile is asked for again and again until it holds the new value.
Milliseconds from sending the change, which includes its transaction. The event is the one every open viewer gets (SSE).`,
        table(
          ['engine', 'edits', 'answered p50', 'p95', 'tile correct p50', 'p95', 'max', 'event p50', 'p95', 'tiles asked for'],
          engines.map(({ engine, edits, answered, correct, heard, asked }) => [
            engine,
            count(edits),
            ...[answered.p50, answered.p95, correct.p50, correct.p95, correct.max, heard.p50, heard.p95].map(ms),
            (asked / edits).toFixed(1),
          ]),
        ),
      ].join('\n\n'),
    };
  },
};

async function measure(house, engine, { quick, say }) {
  say(`${engine}: loading the demonstration`);
  const yutu = await house.start();
  const steward = await house.signIn(yutu, 'steward');
  const viewer = house.anonymous(yutu);
  const place = house.tileAt(...PLACE, ZOOM);
  const far = house.tilePath(LAYER, house.tileAt(...ELSEWHERE, ZOOM));
  const geometry = { type: 'Point', coordinates: PLACE };
  const made = await steward.post(`/api/collections/${LAYER}/items`, { type: 'Feature', geometry, properties: { elev_m: 0 } });
  if (made.status !== 201) throw new Error(`the feature was not created: ${made.text.slice(0, 300)}`);
  const item = `/api/collections/${LAYER}/items/${made.json.id}`;
  const events = await listen(yutu.url);
  const edits = quick ? 10 : 200;
  const times = { answered: [], correct: [], heard: [] };
  let tag = made.headers.etag;
  let asked = 0;
  let kept = 0;
  await viewer.get(far);
  for (let value = 1; value <= edits; value++) {
    const sent = performance.now();
    const heard = events.next(sent);
    const answer = await steward.patch(
      item,
      { properties: { elev_m: value } },
      { 'content-type': 'application/merge-patch+json', 'if-match': tag },
    );
    if (answer.status !== 200) throw new Error(`the edit was refused: ${answer.text.slice(0, 300)}`);
    times.answered.push(performance.now() - sent);
    tag = answer.headers.etag;
    for (let shown = null; shown !== value; asked++) {
      if (performance.now() > sent + PATIENCE_MS) throw new Error(`the tile still says ${shown}, not ${value}`);
      const found = (await house.tile(viewer, LAYER, place)).find(({ id }) => id === made.json.id);
      shown = found?.properties.elev_m;
    }
    times.correct.push(performance.now() - sent);
    times.heard.push(await heard);
    const before = await misses(viewer);
    await viewer.get(far);
    if ((await misses(viewer)) === before) kept++;
    await sleep(5);
  }
  events.close();
  say(`${engine}: ${edits} edits`);
  return {
    engine,
    edits,
    asked,
    kept,
    far: edits,
    ...Object.fromEntries(Object.entries(times).map(([name, all]) => [name, spread(all)])),
  };
}

/** The event stream of an open viewer: `next` gives the milliseconds from `sent` to the next event about the layer. */
function listen(url) {
  return new Promise((resolve, reject) => {
    let wake = () => {};
    const request = nodeHttp.get(
      new URL('/api/events', url),
      { headers: { accept: 'text/event-stream' }, agent: false },
      (response) => {
        response.setEncoding('utf8');
        response.on('error', () => {});
        response.on('data', (text) => {
          if (text.includes(LAYER)) wake();
        });
        resolve({
          next: (sent) =>
            new Promise((done, late) => {
              const timer = setTimeout(() => late(new Error(`no event in ${PATIENCE_MS} ms`)), PATIENCE_MS);
              wake = () => {
                clearTimeout(timer);
                done(performance.now() - sent);
              };
            }),
          close: () => request.destroy(),
        });
      },
    );
    request.on('error', reject);
  });
}
