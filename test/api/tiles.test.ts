import { beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller } from '../harness.js';
import { shared } from '../instance.js';
import { decode, tileAt, tilePath } from '../tile.js';

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
