import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { requireAction, requireLayer } from '../access/require.js';
import type { ViewSet } from '../access/view.js';
import { record } from '../audit/chain.js';
import type { Layer } from '../catalogue/layers.js';
import { callerOf, queryParams } from '../http/request.js';
import type { Caller } from '../identity/caller.js';
import { queryItems } from '../store/items.js';
import { holds, noteUse } from './items.js';
import { GEOJSON } from './links.js';
import type { FeatureRooms } from './rooms.js';

const PAGE = 2_000;

/** GET /collections/{layer}/export: all that the caller may download, as a file that says who took it, when and under which grant. */
export async function getExport(rooms: FeatureRooms, req: Request, res: Response): Promise<void> {
  const caller = callerOf(res);
  const { layer, access } = requireLayer(rooms.catalogue, rooms.decisions, caller, String(req.params.layer));
  queryParams(req, [], ['geojson']);
  requireAction(rooms.catalogue, caller, layer, access, 'download');
  await rooms.guard.pace(caller.organisation, layer);
  const set = access.for('download');
  await rooms.db.tx((q) =>
    record(q, {
      actor: caller.name,
      organisation: caller.organisation,
      action: 'export',
      layer: layer.id,
      subject: set.grants[0] ?? null,
      detail: { format: 'geojson', grants: [...set.grants], version: layer.version },
    }),
  );
  res.setHeader('Content-Disposition', `attachment; filename="${layer.id}.geojson"`);
  res.setHeader('Cache-Control', 'private, no-store');
  res.type(GEOJSON);
  const head = `{"type":"FeatureCollection","name":${JSON.stringify(layer.id)},"yutu":${JSON.stringify(provenanceOf(layer, caller, set))},"features":[`;
  let count = 0;
  async function* file() {
    yield head;
    for (let after = 0; ; ) {
      const page = await queryItems(rooms.db, layer, set, { after, limit: PAGE });
      // Decided anew for every page: a grant or a version that ends meanwhile ends the file, visibly cut.
      const version = rooms.catalogue.layers.get(layer.id)?.version;
      if (version !== layer.version || !holds(rooms, res, await rooms.callers.of(req), layer, set, 'download'))
        throw new Error(`the export of ${layer.id} was cut: what may be exported has changed`);
      const text = page.map((f, i) => `${count + i === 0 ? '' : ','}\n${JSON.stringify(f)}`).join('');
      // Page by page: a quota or a limit that is used up meanwhile ends the file, too.
      noteUse(rooms, caller, layer, set, 'export', page, text.length, { requests: 0 });
      if (text !== '') yield text;
      count += page.length;
      if (page.length < PAGE) break;
      after = page.at(-1)!.id;
    }
    yield '\n]}\n';
  }
  try {
    await pipeline(file, res);
  } finally {
    noteUse(rooms, caller, layer, set, 'export', [], 0);
  }
}

/** What every file that leaves says of itself: whose data, which version, who took it, when and under which grants. */
export function provenanceOf(layer: Layer, caller: Caller, set: ViewSet) {
  return {
    layer: layer.id,
    version: layer.version,
    exportedAt: new Date().toISOString(),
    exportedBy: caller.name ?? 'public',
    organisation: caller.organisation,
    grants: set.grants,
    simulated: layer.simulated,
    schematic: layer.schematic,
    approvalNumber: layer.approvalNumber,
  };
}
