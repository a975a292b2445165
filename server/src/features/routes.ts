import { type Request, type Response, Router } from 'express';
import { readCollections, viewableLayers } from '../access/dataset.js';
import type { Access } from '../access/decide.js';
import { requireLayer } from '../access/require.js';
import { requireOrigin, requireSigned } from '../access/signed.js';
import { isWhole } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import { badParameter, fail } from '../errors/fail.js';
import { languageOf } from '../errors/problem.js';
import { callerOf, queryParams } from '../http/request.js';
import { analysis } from './analyse.js';
import { getChanges } from './changes.js';
import { Areas, type CollectionContext, collectionDocument } from './collection.js';
import { Counts } from './counts.js';
import { createItem, deleteItem, type EditRooms, replaceItem, updateItem } from './edit.js';
import { getExport } from './export.js';
import { getItem, getItems } from './items.js';
import { conformance, landing } from './landing.js';
import { JSON_TYPE } from './links.js';
import { Listing } from './listing.js';
import { queryables } from './queryables.js';
import { search } from './search.js';
import { getStatistics } from './statistics.js';
import { datasetDocument, type TiledLayer, tilejson, tilesetDocument, tilesetList } from './tileset.js';
import { verification } from './verify.js';

const COMMA = Buffer.from(',');

/** The OGC surfaces of the catalogue and its layers, and the search box. */
export function featureRoutes(rooms: EditRooms): Router {
  const { catalogue, decisions } = rooms;
  const counts = new Counts(rooms.db);
  const areas = new Areas(rooms.db);
  const listing = new Listing();
  const router = Router();
  const language = (req: Request) => languageOf(req.headers['accept-language']);
  const noCache = (res: Response) =>
    res.setHeader('Cache-Control', 'private, no-cache').setHeader('Vary', 'Authorization, Cookie, Accept-Language');

  const known = (req: Request, res: Response) => requireLayer(catalogue, decisions, callerOf(res), String(req.params.layer));

  async function context(req: Request, res: Response, withGeometry: boolean): Promise<CollectionContext> {
    const caller = callerOf(res);
    const rows =
      caller.kind === 'user'
        ? await rooms.db.query<{ layer: string; id: string; status: string }>(
            `select distinct on (layer) layer, id, status from yutu.request where organisation = $1 and status <> 'withdrawn' order by layer, created_at desc`,
            [caller.organisation],
          )
        : [];
    const requests = new Map(rows.map(({ layer, id, status }) => [layer, { id, status }]));
    return { rooms, counts, areas, origin: rooms.origin(req), language: language(req), caller, requests, withGeometry };
  }

  router.get('/api', (req, res) => {
    queryParams(req, []);
    res.json(landing(rooms.origin(req), catalogue.instance, language(req)));
  });
  router.get('/api/conformance', (req, res) => {
    queryParams(req, []);
    res.json(conformance);
  });

  router.get('/api/collections', async (req, res) => {
    queryParams(req, []);
    const caller = callerOf(res);
    const seen = [...catalogue.layers.values()]
      .map((layer) => ({ layer, access: decisions.of(caller, layer) }))
      .filter((l) => l.access.discover);
    const own = await context(req, res, false);
    const links = [{ href: `${own.origin}/api/collections`, rel: 'self', type: JSON_TYPE }];
    const documents = await listing.of(seen, own);
    const between = documents.flatMap((json, i) => (i === 0 ? [json] : [COMMA, json]));
    noCache(res)
      .type('json')
      .send(Buffer.concat([Buffer.from(`{"links":${JSON.stringify(links)},"collections":[`), ...between, Buffer.from(']}')]));
  });
  router.get('/api/collections/:layer', async (req, res) => {
    const { layer, access } = known(req, res);
    queryParams(req, []);
    noCache(res).json(await collectionDocument(layer, access, await context(req, res, true)));
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
  router.get('/api/collections/:layer/items', (req, res) => getItems(rooms, counts, req, res));
  router.get('/api/collections/:layer/items/:fid', (req, res) => getItem(rooms, req, res));
  router.post('/api/collections/:layer/items', (req, res) => createItem(rooms, req, res));
  router.put('/api/collections/:layer/items/:fid', (req, res) => replaceItem(rooms, req, res));
  router.patch('/api/collections/:layer/items/:fid', (req, res) => updateItem(rooms, req, res));
  router.delete('/api/collections/:layer/items/:fid', (req, res) => deleteItem(rooms, req, res));
  router.get('/api/collections/:layer/changes', (req, res) => getChanges(rooms, req, res));
  router.get('/api/collections/:layer/statistics', (req, res) => getStatistics(rooms, counts, req, res));
  router.post('/api/collections/:layer/analyse', analysis(rooms));
  router.post('/api/collections/:layer/verify', verification(rooms));
  router.get('/api/collections/:layer/export', (req, res) => getExport(rooms, req, res));

  async function tiled(req: Request, { layer, access }: { layer: Layer; access: Access }): Promise<TiledLayer> {
    const title = language(req) === 'zh' ? layer.titleZh : layer.titleEn;
    const extent = await counts.extent(layer, access);
    // Of features that are hidden from the caller not even the number is told.
    const whole = access.for('view').views.some((v) => isWhole(v) && v.precision === null);
    return { layer, access, title, extent, detail: whole ? await rooms.zoomCounts(layer) : null };
  }
  /** What is told of a layer's tiles, to the caller or to whoever holds a signed address. */
  async function tileMetadata(req: Request, res: Response): Promise<TiledLayer & { query: string }> {
    const { signed: token } = queryParams(req, ['signed']);
    noCache(res);
    if (token === undefined) return { ...(await tiled(req, known(req, res))), query: '' };
    const signed = await rooms.signatures.of(token);
    rooms.callers.spend(signed.caller);
    const seen = requireSigned(catalogue, decisions, signed, String(req.params.layer));
    const site = requireOrigin(signed, req);
    if (site !== null) res.setHeader('Access-Control-Allow-Origin', site).appendHeader('Vary', 'Origin');
    return { ...(await tiled(req, seen)), query: `?signed=${token}` };
  }
  router.get('/api/collections/:layer/tiles', async (req, res) => {
    const { layer, title, query } = await tileMetadata(req, res);
    res.json(tilesetList(title, `${rooms.origin(req)}/api/collections/${layer.id}/tiles`, query));
  });
  router.get('/api/collections/:layer/tiles/:set', async (req, res) => {
    const seen = await tileMetadata(req, res);
    if (req.params.set !== 'WebMercatorQuad') fail('not_found');
    res.json(tilesetDocument(seen, rooms.origin(req), language(req), seen.query));
  });
  router.get('/api/collections/:layer/tilejson', async (req, res) => {
    const seen = await tileMetadata(req, res);
    res.json(tilejson(seen, rooms.origin(req), language(req), seen.query));
  });

  /** The layers of the dataset's tiles that are asked for, and how they were. */
  function dataset(req: Request, res: Response) {
    const { collections } = queryParams(req, ['collections']);
    noCache(res);
    const caller = callerOf(res);
    const { instance } = catalogue;
    const ids = collections === undefined ? viewableLayers(catalogue, decisions, caller) : readCollections(collections);
    return {
      layers: ids.map((id) => requireLayer(catalogue, decisions, caller, id)),
      query: collections === undefined ? '' : `?collections=${ids.map(encodeURIComponent).join(',')}`,
      title: language(req) === 'zh' ? instance.brandZh : instance.brandEn,
      origin: rooms.origin(req),
    };
  }
  router.get('/api/tiles', (req, res) => {
    const { title, origin, query } = dataset(req, res);
    res.json(tilesetList(title, `${origin}/api/tiles`, query));
  });
  router.get('/api/tiles/:set', async (req, res) => {
    const { layers, title, origin, query } = dataset(req, res);
    if (req.params.set !== 'WebMercatorQuad') fail('not_found');
    const of = await Promise.all(layers.map((seen) => tiled(req, seen)));
    res.json(datasetDocument(of, title, origin, query, language(req)));
  });

  router.get('/api/search', async (req, res) => {
    const { q } = queryParams(req, ['q']);
    const text = (q ?? '').trim();
    if (text === '' || text.length > 100) badParameter('q', '请输入 1 到 100 个字', 'type 1 to 100 characters');
    noCache(res).json({ results: await search(rooms, counts, callerOf(res), text) });
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
