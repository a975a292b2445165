import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import MVT from 'ol/format/MVT.js';
import { getTileSetInfo } from 'ol/source/ogcTileUtil.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, root } from '../harness.js';
import { shared } from '../instance.js';

/** Programs that read OGC API Tiles by its links alone, on a machine that reaches nothing but this server. */

let nobody: Caller;
const asked: string[] = [];
beforeAll(() => {
  nobody = anonymous(shared());
  // OpenLayers asks as browsers do.
  class Request extends EventTarget {
    status = 0;
    responseText = '';
    private url = '';
    open(_method: string, url: string) {
      this.url = url;
    }
    setRequestHeader() {}
    send() {
      asked.push(this.url);
      nobody.get(this.url).then((answer) => {
        Object.assign(this, { status: answer.status, responseText: answer.text });
        const event = Object.assign(new Event('load'), {});
        Object.defineProperty(event, 'target', { value: this });
        this.dispatchEvent(event);
      });
    }
  }
  Object.assign(globalThis, { XMLHttpRequest: Request });
});
afterAll(() => {
  Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
});

describe('the tile matrix sets', () => {
  it('are served here, as the standard defines them, and linked to from everywhere', async () => {
    const scheme = `${shared().url}/api/tileMatrixSets/WebMercatorQuad`;
    const links = async (path: string, rel: string) =>
      (await nobody.get(path)).json.links
        .filter((l: { rel: string }) => l.rel.endsWith(rel))
        .map((l: { href: string }) => l.href);
    expect(await links('/api', '/tiling-schemes')).toEqual([`${shared().url}/api/tileMatrixSets`]);
    expect((await nobody.get('/api/tileMatrixSets')).json.tileMatrixSets).toMatchObject([
      { id: 'WebMercatorQuad', links: [{ rel: 'self', href: scheme }] },
    ]);
    for (const path of ['/api/tiles/WebMercatorQuad', '/api/collections/districts/tiles/WebMercatorQuad'])
      expect(await links(path, '/tiling-scheme')).toEqual([scheme]);
    const { json } = await nobody.get(scheme);
    const standard = JSON.parse(readFileSync(join(root, 'test/fixtures/WebMercatorQuad.json'), 'utf8'));
    expect(json).toMatchObject({ ...standard, tileMatrices: expect.anything() });
    expect(json.tileMatrices).toHaveLength(standard.tileMatrices.length);
    for (const [z, matrix] of standard.tileMatrices.entries())
      for (const [name, value] of Object.entries(matrix))
        if (typeof value === 'number') expect(Math.abs(json.tileMatrices[z][name] / value - 1)).toBeLessThan(1e-12);
        else expect(json.tileMatrices[z][name]).toEqual(value);
    expect((await nobody.get('/api/tileMatrixSets/WorldCRS84Quad')).status).toBe(404);
  });
});

describe.each(['/api/collections/districts/tiles/WebMercatorQuad', '/api/tiles/WebMercatorQuad?collections=districts,rivers'])(
  'OpenLayers at %s',
  (path) => {
    it('finds tiles and features in them', async () => {
      asked.length = 0;
      const format = new MVT();
      const info = (await getTileSetInfo({
        url: shared().url + path,
        supportedMediaTypes: format.supportedMediaTypes,
        mediaType: undefined,
        projection: undefined as never,
      } as never)) as never as {
        grid: { getTileCoordForLonLat?: unknown; getTileCoordForCoordAndZ(at: number[], z: number): number[] };
        urlFunction(at: number[], ratio: number, projection: unknown): string;
      };
      expect(asked.every((url) => url.startsWith(shared().url))).toBe(true);
      const coord = info.grid.getTileCoordForCoordAndZ([11_862_000, 3_448_000], 7);
      const url = info.urlFunction(coord, 1, undefined);
      const { status, bytes } = await nobody.get(url);
      expect([url, status]).toEqual([url, 200]);
      const features = format.readFeatures(new Uint8Array(bytes).buffer);
      expect(features.length).toBeGreaterThan(5);
      expect(new Set(features.map((f) => f.get('layer')))).toContain('districts');
    });
  },
);
