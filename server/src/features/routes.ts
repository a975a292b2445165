import { type Request, type Response, Router } from 'express';
import { readCollections, viewableLayers } from '../access/dataset.js';
import { requireLayer } from '../access/require.js';
import { requireOrigin } from '../access/signed.js';
import { isWhole } from '../access/view.js';
import { badParameter, fail } from '../errors/fail.js';
import { languageOf } from '../errors/problem.js';
import { callerOf, queryParams } from '../http/request.js';
import type { Caller } from '../identity/caller.js';
import type { Signed } from '../identity/signed.js';
import { analysis } from './analyse.js';
import { getChanges } from './changes.js';
import { Areas, type CollectionContext, collectionDocument } from './collection.js';
import { Counts } from './counts.js';
import { describe, type Entry, layerSigned, layersFor } from './deliver.js';
import { createItem, deleteItem, type EditRooms, replaceItem, updateItem } from './edit.js';
import { getExport } from './export.js';
import { getItem, getItems } from './items.js';
import { conformance, landing } from './landing.js';
import { JSON_TYPE } from './links.js';
import { Listing } from './listing.js';
import { queryables } from './queryables.js';
import type { Reading } from './reading.js';
import { search } from './search.js';
import { getStatistics } from './statistics.js';
import { tileMatrixSet, tileMatrixSets } from './tile-matrix-sets.js';
import { datasetDocument, type TiledLayer, tilejson, tilesetDocument, tilesetList } from './tileset.js';
import { verification } from './verify.js';

const COMMA = Buffer.from(',');

/** The OGC surfaces of the catalogue and its layers, and the search box. */
export function featureRoutes(given: Omit<EditRooms, 'counts'>): Router {
  const rooms = { ...given, counts: new Counts(given.db, () => given.catalogue.instance.home) };
  const { catalogue, decisions } = rooms;
  const areas = new Areas(rooms.db);
  const listing = new Listing();
  const router = Router();
  const language = (req: Request) => languageOf(req.headers['accept-language']);
  const noCache = (res: Response) =>
    res.setHeader('Cache-Control', 'private, no-cache').setHeader('Vary', 'Authorization, Cookie, Accept-Language');

  const named = (req: Request) => () => [String(req.params.layer)];
  const known = (req: Request, res: Response) => requireLayer(catalogue, decisions, callerOf(res), String(req.params.layer));

  async function context(req: Request, caller: Caller, withGeometry: boolean): Promise<CollectionContext> {
    const rows =
      caller.kind === 'user'
        ? await rooms.db.query<{ layer: string; id: string; status: string }>(
            `select distinct on (layer) layer, id, status from yutu.request where organisation = $1 and status <> 'withdrawn' order by layer, created_at desc`,
            [caller.organisation],
          )
        : [];
    const requests = new Map(rows.map(({ layer, id, status }) => [layer, { id, status }]));
    return { rooms, areas, origin: rooms.origin(req), language: language(req), caller, requests, withGeometry };
  }

  router.get('/api', (req, res) => {
    queryParams(req, []);
    res.json(landing(rooms.origin(req), catalogue.instance, language(req)));
  });
  router.get('/api/conformance', (req, res) => {
    queryParams(req, []);
    res.json(conformance);
  });

  router.get('/api/collections', (req, res) => {
    queryParams(req, []);
    const write = async (readings: readonly Reading[]) => {
      const own = await context(req, callerOf(res), false);
      const links = [{ href: `${own.origin}/api/collections`, rel: 'self', type: JSON_TYPE }];
      const documents = await listing.of(readings, own);
      const between = documents.flatMap((json, i) => (i === 0 ? [json] : [COMMA, json]));
      const head = Buffer.from(`{"links":${JSON.stringify(links)},"collections":[`);
      return { body: Buffer.concat([head, ...between, Buffer.from(']}')]) };
    };
    return describe(rooms, layersFor(rooms, req, res, null), write, (body) => void noCache(res).type('json').send(body));
  });
  router.get('/api/collections/:layer', (req, res) => {
    const write = async ([reading]: readonly Reading[]) => {
      queryParams(req, []);
      return { body: await collectionDocument(reading!, await context(req, callerOf(res), true)) };
    };
    return describe(rooms, layersFor(rooms, req, res, named(req)), write, (body) => void noCache(res).json(body));
  });
  router.get('/api/collections/:layer/queryables', (req, res) => {
    const { layer, access } = known(req, res);
    queryParams(req, []);
    noCache(res)
      .type('application/schema+json')
      .send(
        JSON.stringify(queryables(layer, access, `${rooms.origin(req)}/api/collections/${layer.id}/queryables`, language(req))),
      );
  });
  router.get('/api/collections/:layer/items', (req, res) => getItems(rooms, req, res));
  router.get('/api/collections/:layer/items/:fid', (req, res) => getItem(rooms, req, res));
  router.post('/api/collections/:layer/items', (req, res) => createItem(rooms, req, res));
  router.put('/api/collections/:layer/items/:fid', (req, res) => replaceItem(rooms, req, res));
  router.patch('/api/collections/:layer/items/:fid', (req, res) => updateItem(rooms, req, res));
  router.delete('/api/collections/:layer/items/:fid', (req, res) => deleteItem(rooms, req, res));
  router.get('/api/collections/:layer/changes', (req, res) => getChanges(rooms, req, res));
  router.get('/api/collections/:layer/statistics', (req, res) => getStatistics(rooms, req, res));
  router.post('/api/collections/:layer/analyse', analysis(rooms));
  router.post('/api/collections/:layer/verify', verification(rooms));
  router.get('/api/collections/:layer/export', (req, res) => getExport(rooms, req, res));

  async function tiled(req: Request, reading: Reading): Promise<TiledLayer> {
    const { layer, access } = reading;
    const title = language(req) === 'zh' ? layer.titleZh : layer.titleEn;
    const extent = await reading.extent();
    // Of features that are hidden from the caller not even the number is told.
    const whole = access.for('view').views.some((v) => isWhole(v) && v.precision === null);
    return { layer, access, title, extent, detail: whole ? await rooms.zoomCounts(layer) : null };
  }
  /** Answers with what is told of a layer's tiles, to the caller or to whoever holds a signed address. */
  async function tileMetadata(req: Request, res: Response, document: (of: TiledLayer, query: string) => unknown): Promise<void> {
    const { signed: token } = queryParams(req, ['signed']);
    noCache(res);
    const answer = async (entry: Entry<Caller> | Entry<Signed>, query: string) => {
      const write = async ([reading]: readonly Reading[]) => ({ body: document(await tiled(req, reading!), query) });
      await describe(rooms, entry as Entry<unknown>, write, (body) => void res.json(body));
    };
    if (token === undefined) return answer(layersFor(rooms, req, res, named(req)), '');
    const signed = await rooms.signatures.of(token, req);
    rooms.callers.spend(signed.caller);
    const site = requireOrigin(signed, req);
    if (site !== null) res.setHeader('Access-Control-Allow-Origin', site).appendHeader('Vary', 'Origin');
    return answer(layerSigned(rooms, req, token, String(req.params.layer)), `?signed=${token}`);
  }
  router.get('/api/collections/:layer/tiles', (req, res) =>
    tileMetadata(req, res, ({ layer, title }, query) =>
      tilesetList(title, rooms.origin(req), `/api/collections/${layer.id}/tiles`, query),
    ),
  );
  router.get('/api/collections/:layer/tiles/:set', (req, res) =>
    tileMetadata(req, res, (seen, query) => {
      if (req.params.set !== 'WebMercatorQuad') fail('not_found');
      return tilesetDocument(seen, rooms.origin(req), language(req), query);
    }),
  );
  router.get('/api/collections/:layer/tilejson', (req, res) =>
    tileMetadata(req, res, (seen, query) => tilejson(seen, rooms.origin(req), language(req), query)),
  );

  router.get('/api/tileMatrixSets', (req, res) => {
    queryParams(req, []);
    res.json(tileMatrixSets(rooms.origin(req)));
  });
  router.get('/api/tileMatrixSets/:set', (req, res) => {
    queryParams(req, []);
    if (req.params.set !== 'WebMercatorQuad') fail('not_found');
    res.json(tileMatrixSet(rooms.origin(req)));
  });

  /** The layers of the dataset's tiles that are asked for, and how they were. */
  function dataset(req: Request, res: Response) {
    const { collections } = queryParams(req, ['collections']);
    noCache(res);
    const { instance } = catalogue;
    const asked = collections === undefined ? null : readCollections(collections);
    return {
      layers: layersFor(rooms, req, res, (caller) => asked ?? viewableLayers(catalogue, decisions, caller)),
      query: asked === null ? '' : `?collections=${asked.map(encodeURIComponent).join(',')}`,
      title: language(req) === 'zh' ? instance.brandZh : instance.brandEn,
      origin: rooms.origin(req),
    };
  }
  router.get('/api/tiles', (req, res) => {
    const { layers, title, origin, query } = dataset(req, res);
    const write = async () => ({ body: tilesetList(title, origin, '/api/tiles', query) });
    return describe(rooms, layers, write, (body) => void res.json(body));
  });
  router.get('/api/tiles/:set', (req, res) => {
    const { layers, title, origin, query } = dataset(req, res);
    const write = async (readings: readonly Reading[]) => {
      if (req.params.set !== 'WebMercatorQuad') fail('not_found');
      const of = await Promise.all(readings.map((reading) => tiled(req, reading)));
      return { body: datasetDocument(of, title, origin, query, language(req)) };
    };
    return describe(rooms, layers, write, (body) => void res.json(body));
  });

  router.get('/api/search', (req, res) => {
    const { q } = queryParams(req, ['q']);
    const text = (q ?? '').trim();
    if (text === '' || text.length > 100) badParameter('q', '请输入 1 到 100 个字', 'type 1 to 100 characters');
    const look = (readings: readonly Reading[]) => search(rooms, readings, text);
    return describe(rooms, layersFor(rooms, req, res, null), look, (results) => void noCache(res).json({ results }));
  });
  router.get('/api/divisions', (req, res) => {
    queryParams(req, []);
    res.json({ divisions: [...catalogue.divisions.values()].map(({ edition: _edition, ...d }) => d) });
  });
  router.get('/api/organisations', (req, res) => {
    queryParams(req, []);
    res.json({ organisations: [...catalogue.organisations.values()] });
  });
  return router;
}
