import { beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, signIn } from '../harness.js';
import { shared } from '../instance.js';
import { allItems } from '../story.js';
import { datasetPath, decode, decodeAll, tile, tileAt, tilePath } from '../tile.js';

let nobody: Caller;
beforeAll(() => {
  nobody = anonymous(shared());
});

const centre = [106.55, 29.56] as const;
const city = tileAt(...centre, 8);

describe('a tile', () => {
  it('holds one layer named as the collection, with the features’ ids and fields', async () => {
    const { status, headers, bytes } = await nobody.get(tilePath('districts', city));
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/vnd.mapbox-vector-tile');
    const features = decode(bytes, 'districts');
    expect(features.length).toBeGreaterThan(10);
    for (const { id, properties } of features) {
      const item = await nobody.get(`/api/collections/districts/items/${id}`);
      expect(item.status).toBe(200);
      expect(properties).toEqual(item.json.properties);
    }
  });

  it('tells for how many a point stands, of a layer that counts, to whom all of it is shown', async () => {
    const owner = await signIn(shared(), 'steward-health');
    const { numberMatched } = await allItems(owner, '/api/collections/hospitals/items?limit=1000');
    const counts = (await tile(owner, 'hospitals', tileAt(...centre, 2))).map(({ properties }) =>
      Number(properties.point_count ?? 1),
    );
    expect(counts.length).toBeLessThan(numberMatched);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(numberMatched);
    const close = await tile(owner, 'hospitals', tileAt(...centre, 14));
    for (const { properties } of close) expect(properties).not.toHaveProperty('point_count');
    const fields = async (caller: Caller, layer: string) =>
      (await caller.get(`/api/collections/${layer}/tilejson`)).json.vector_layers[0].fields;
    expect(await fields(owner, 'hospitals')).toHaveProperty('point_count');
    expect(await fields(nobody, 'hospitals')).not.toHaveProperty('point_count');
    expect(await fields(nobody, 'places')).not.toHaveProperty('point_count');
  });

  it('keeps the largest places where it cannot show all', async () => {
    const { features } = await allItems(nobody, '/api/collections/places/items?limit=1000');
    const population = new Map(features.map(({ id, properties }) => [id, Number(properties.population ?? 0)]));
    const [largest] = [...population].sort(([, a], [, b]) => b - a)[0]!;
    const mean = (ids: number[]) => ids.reduce((sum, id) => sum + population.get(id)!, 0) / ids.length;
    for (const z of [2, 3, 4]) {
      const shown = new Set((await tile(nobody, 'places', tileAt(...centre, z))).map(({ id }) => id));
      expect(shown).toContain(largest);
      const hidden = [...population.keys()].filter((id) => !shown.has(id));
      expect(hidden.length).toBeGreaterThan(10);
      expect(mean([...shown])).toBeGreaterThan(mean(hidden));
    }
  });

  it('is compressed once and no longer than needed', async () => {
    const packed = await nobody.get(tilePath('townships', city), { 'accept-encoding': 'gzip, br' });
    expect(packed.headers['content-encoding']).toMatch(/^(gzip|br)$/);
    expect(packed.headers.vary?.toLowerCase()).toContain('accept-encoding');
    const plain = await nobody.get(tilePath('townships', city), { 'accept-encoding': 'identity' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(decode(packed.bytes, 'townships')).toEqual(decode(plain.bytes, 'townships'));
  });

  it('has an ETag, and 304 while nothing changed', async () => {
    const first = await nobody.get(tilePath('districts', city));
    expect(first.headers['cache-control']).toContain('no-cache');
    const again = await nobody.get(tilePath('districts', city), { 'if-none-match': first.headers.etag! });
    expect([again.status, again.bytes.length, again.headers.etag]).toEqual([304, 0, first.headers.etag]);
    const list = await nobody.get(tilePath('districts', city), { 'if-none-match': `"other", ${first.headers.etag}` });
    expect(list.status).toBe(304);
  });

  it('is 204 where the layer has nothing', async () => {
    const { status, bytes } = await nobody.get(tilePath('districts', tileAt(-60, -10, 8)));
    expect([status, bytes.length]).toEqual([204, 0]);
  });

  it('may be asked for with HEAD', async () => {
    const { status, headers, bytes } = await nobody.head(tilePath('districts', city));
    expect([status, bytes.length]).toEqual([200, 0]);
    expect(headers.etag).toBeTruthy();
  });

  it('may be read by other sites', async () => {
    const { headers } = await nobody.get(tilePath('districts', city), { origin: 'https://maps.example' });
    expect(headers['access-control-allow-origin']).toMatch(/^\*$|^https:\/\/maps\.example$/);
  });

  it('has no ring without area, and no coordinate far outside', async () => {
    for (const z of [6, 8, 10, 12, 14]) {
      const { status, bytes } = await nobody.get(tilePath('districts', tileAt(...centre, z)));
      expect(status).toBe(200);
      for (const { rings } of decode(bytes, 'districts')) {
        for (const ring of rings) {
          let area = 0;
          for (let i = 0; i + 1 < ring.length; i++) area += ring[i]!.x * ring[i + 1]!.y - ring[i + 1]!.x * ring[i]!.y;
          expect(area).not.toBe(0);
          for (const { x, y } of ring) {
            expect(Math.min(x, y)).toBeGreaterThanOrEqual(-65);
            expect(Math.max(x, y)).toBeLessThanOrEqual(4096 + 65);
          }
        }
      }
    }
  });
});

describe('a tile that cannot be', () => {
  it.each([
    '3/8/0',
    '3/0/8',
    '0/1/0',
    '31/0/0',
    '-1/0/0',
    '3/-1/0',
    '3/0/-1',
    'a/0/0',
    '3/a/0',
    '3/0/a',
    '3/0/1.5',
    '3/0/1e0',
    '3/0/ 1',
    '99999999999999999999/0/0',
  ])('%s is refused in words', async (zyx) => {
    const { status, headers } = await nobody.get(`/api/collections/districts/tiles/WebMercatorQuad/${encodeURI(zyx)}`);
    expect([zyx, [400, 404].includes(status)]).toEqual([zyx, true]);
    expect(headers['content-type']).toContain('application/problem+json');
  });

  it('of a matrix set nobody offers is 404', async () => {
    expect((await nobody.get('/api/collections/districts/tiles/WorldCRS84Quad/0/0/0')).status).toBe(404);
  });

  it('with an unknown parameter is 400', async () => {
    expect((await nobody.get(`${tilePath('districts', city)}?nosuch=1`)).status).toBe(400);
  });
});

describe('a tile’s headers', () => {
  it('tell what it holds and what of it is not drawn as itself', async () => {
    const police = await signIn(shared(), 'steward');
    for (const [z, some] of [
      [8, true],
      [15, false],
    ] as const) {
      const { headers, bytes } = await police.get(tilePath('parcels', tileAt(...centre, z)));
      const [, drawn, reduced] = /^drawn=(\d+), reduced=(\d+)$/.exec(String(headers['yutu-features']))!.map(Number);
      expect(drawn).toBe(decode(bytes, 'parcels').length);
      expect(reduced! > 0).toBe(some);
      expect(reduced).toBeLessThanOrEqual(drawn!);
    }
    const { headers } = await nobody.get(tilePath('districts', city));
    expect(headers['access-control-expose-headers']).toContain('Yutu-Features');
  });
});

describe('a tile of several layers', () => {
  const own = async (caller: Caller, layer: string, coord = city) =>
    decode((await caller.get(tilePath(layer, coord))).bytes, layer);

  it('holds each as its own tile does, in the order asked for', async () => {
    const { status, headers, bytes } = await nobody.get(datasetPath(['townships', 'districts'], city), {
      'accept-encoding': 'gzip',
    });
    expect([status, headers['content-encoding'], headers['cache-control']]).toEqual([200, 'gzip', 'no-cache']);
    const layers = decodeAll(bytes);
    expect([...layers.keys()]).toEqual(['townships', 'districts']);
    for (const [name, features] of layers) expect(features).toEqual(await own(nobody, name));
    const again = await nobody.get(datasetPath(['townships', 'districts'], city), { 'if-none-match': headers.etag! });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    const reversed = await nobody.get(datasetPath(['districts', 'townships'], city));
    expect(reversed.headers.etag).not.toBe(headers.etag);
  });

  it('without a list holds what the caller may see, each to the caller’s rights', async () => {
    const steward = await signIn(shared(), 'steward');
    const [open, more] = [await nobody.get(datasetPath(null, city)), await steward.get(datasetPath(null, city))];
    expect([...decodeAll(open.bytes).keys()]).not.toContain('parcels');
    expect([...decodeAll(more.bytes).keys()]).toContain('parcels');
    expect(more.headers['cache-control']).toBe('private, no-cache');
    for (const [name, features] of decodeAll(more.bytes)) expect([name, features]).toEqual([name, await own(steward, name)]);
  });

  it('with one that may not be seen answers as that one’s own tile', async () => {
    for (const closed of ['parcels', 'nosuch']) {
      const alone = await nobody.get(tilePath(closed, city));
      const together = await nobody.get(datasetPath(['districts', closed], city));
      expect([together.status, together.json]).toEqual([alone.status, alone.json]);
    }
  });

  it('of nothing is 204', async () => {
    expect((await nobody.get(datasetPath(['districts', 'townships'], tileAt(-60, -10, 8)))).status).toBe(204);
  });

  it.each([
    '?collections=',
    '?collections=districts,',
    '?nosuch=1',
    `?collections=${Array(40)
      .fill(0)
      .map((_, i) => `l${i}`)}`,
  ])('with %s is 400', async (query) => {
    const { status, headers } = await nobody.get(datasetPath(null, city) + query);
    expect([status, headers['content-type']]).toEqual([400, expect.stringContaining('problem+json')]);
    expect(headers['access-control-allow-origin']).toBe('*');
  });

  it('is told of in its tileset, on the landing page and by conformance', async () => {
    const { json: page } = await nobody.get('/api');
    const list = page.links.find((link: { rel: string }) => link.rel.endsWith('tilesets-vector'));
    const { json } = await nobody.get(new URL(list.href).pathname);
    const { href } = json.tilesets[0].links.find((link: { rel: string }) => link.rel.endsWith('tilesets-vector'));
    const { json: tileset } = await nobody.get(`${href}?collections=townships,districts`);
    expect(tileset.layers.map((l: { id: string }) => l.id)).toEqual(['townships', 'districts']);
    const item = tileset.links.find((link: { rel: string }) => link.rel === 'item').href as string;
    const filled = item
      .replace('{tileMatrix}', String(city.z))
      .replace('{tileRow}', String(city.y))
      .replace('{tileCol}', String(city.x));
    expect([...decodeAll((await nobody.get(filled)).bytes).keys()]).toEqual(['townships', 'districts']);
    const { json: all } = await nobody.get('/api/conformance');
    expect(all.conformsTo).toContain('http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets');
    expect((await nobody.get('/api/tiles/WorldCRS84Quad')).status).toBe(404);
    expect((await nobody.get('/api/tiles/WebMercatorQuad?collections=nosuch')).status).toBe(404);
  });
});

describe('the tileset', () => {
  it('is what OpenLayers needs', async () => {
    const { json } = await nobody.get('/api/collections/districts/tiles/WebMercatorQuad');
    expect(json.dataType).toBe('vector');
    const item = json.links.find((link: { rel: string }) => link.rel === 'item');
    expect(item.type).toBe('application/vnd.mapbox-vector-tile');
    expect(item.href).toContain('{tileMatrix}/{tileRow}/{tileCol}');
    expect(json.tileMatrixSet ?? json.links.find((link: { rel: string }) => link.rel.includes('tiling-scheme'))).toBeTruthy();
    const { status } = await nobody.get(
      item.href.replace('{tileMatrix}', String(city.z)).replace('{tileRow}', String(city.y)).replace('{tileCol}', String(city.x)),
    );
    expect(status).toBe(200);
  });

  it('has a TileJSON whose address works', async () => {
    const { json } = await nobody.get('/api/collections/districts/tilejson');
    expect(json.tilejson).toMatch(/^3\./);
    expect(json.vector_layers[0].id).toBe('districts');
    expect(Object.keys(json.vector_layers[0].fields)).toContain('name_zh');
    expect(json.bounds).toHaveLength(4);
    const address = json.tiles[0].replace('{z}', city.z).replace('{x}', city.x).replace('{y}', city.y);
    expect((await nobody.get(address)).status).toBe(200);
  });

  it.each(['tilejson', 'tiles/WebMercatorQuad', 'queryables'])('of a closed layer tells of itself: %s', async (path) => {
    expect((await nobody.get(`/api/collections/parcels/${path}`)).status).toBe(200);
  });
});
