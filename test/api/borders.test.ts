import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { area as areaOf } from '@turf/turf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, signIn, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { day, type Feature } from '../story.js';

/** Features whose borders nearly are those of a grant's area: on neither engine may a geometry be lost where it is cut. */
let yutu: Yutu;
let steward: Caller;
let planner: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  [steward, planner] = [await signIn(yutu, 'steward'), await signIn(yutu, 'planner')];
});
afterAll(() => yutu?.remove());

const CORNERS = 400;
/** A ragged ring; `noise` moves its corners by so many degrees. */
function ring(noise: number, east = 0): [number, number][] {
  const corners = Array.from({ length: CORNERS }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / CORNERS;
    const radius = 0.1 * (1 + 0.1 * Math.sin(9 * angle + 7.13) + 0.03 * Math.sin(57 * angle + 14.26));
    return [
      106.5 + east + radius * Math.cos(angle) + noise * Math.sin(i * 12.9898),
      29.5 + radius * Math.sin(angle) + noise * Math.cos(i * 78.233),
    ];
  });
  return [...corners, corners[0]!];
}
const polygon = (coordinates: [number, number][]) => ({ type: 'Polygon' as const, coordinates: [coordinates] });
const NOISES = [0, 1e-15, 1e-14, 3e-14, 1e-13, 3e-13, 1e-12, 1e-11, 1e-10];

describe.each([4490, 4326, 3857])('a layer in EPSG:%i', (srid) => {
  const id = `ragged_${srid}`;
  beforeAll(() => {
    const file = join(yutu.dataDir, `${id}.geojson`);
    const features = NOISES.map((noise) => ({
      type: 'Feature',
      geometry: polygon(ring(noise)),
      properties: { name: String(noise) },
    }));
    writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
    const definition = join(yutu.dataDir, `${id}.json`);
    writeFileSync(
      definition,
      JSON.stringify({
        id,
        titleZh: '毛边',
        titleEn: 'Ragged',
        kind: 'thematic',
        theme: 'land',
        owner: 'planning',
        sharingClass: 'conditional',
        disclosure: 'none',
        geometryType: 'polygon',
        srid,
        fields: [{ name: 'name', titleZh: '名称', titleEn: 'Name', type: 'text' }],
      }),
    );
    const { status, said } = yutuCommand(yutu, [
      'import',
      file,
      '--layer',
      id,
      '--owner',
      'planning',
      '--definition',
      definition,
    ]);
    expect([status, said]).toEqual([0, expect.any(String)]);
  });

  const give = async (area: object | null) => {
    const answer = await steward.post('/api/grants', {
      layers: [id],
      kind: 'single',
      subject: { kind: 'organisation', id: 'transport' },
      reason: '边界相合',
      actions: ['view', 'query'],
      until: day(1),
      fields: null,
      precision: null,
      area,
    });
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  };
  const seen = async (): Promise<Feature[]> => (await planner.get(`/api/collections/${id}/items?limit=100`)).json.features;
  const whole = areaOf(polygon(ring(0)));

  it('is shown whole under the area it nearly is, and under two of them', async () => {
    await give({ polygon: polygon(ring(0)) });
    for (const areas of [1, 2]) {
      if (areas === 2) await give({ polygon: polygon(ring(1e-13, 0.05)) });
      const features = await seen();
      expect(features).toHaveLength(NOISES.length);
      for (const { geometry, properties } of features)
        expect([properties.name, geometry && areaOf(geometry as never) / whole]).toEqual([properties.name, expect.closeTo(1, 6)]);
    }
  });
});
