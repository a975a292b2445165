import type { Request, Response } from 'express';
import type { ViewSet } from '../access/view.js';
import { codeSystemsOf } from '../access/visible.js';
import { record } from '../audit/chain.js';
import type { Layer } from '../catalogue/layers.js';
import { queryParams } from '../http/request.js';
import type { Caller } from '../identity/caller.js';
import { type Body, deliver } from './deliver.js';
import { GEOJSON } from './links.js';
import type { Reading } from './reading.js';
import type { FeatureRooms } from './rooms.js';

/** Features of a part: few enough that making it holds up nobody else for long. */
const PAGE = 500;

/** GET /collections/{layer}/export: all that the caller may download, as a file that says who took it, when and under which grant. */
export function getExport(rooms: FeatureRooms, req: Request, res: Response): Promise<void> {
  return deliver(rooms, req, res, { action: 'download', surface: 'export' }, async (reading) => {
    const { caller, layer, set } = reading;
    queryParams(req, [], ['geojson']);
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
    return { file: () => fileOf(reading) };
  });
}

/** The file, page by page. */
async function* fileOf(reading: Reading): AsyncGenerator<Body> {
  const { caller, layer, set } = reading;
  const provenance = JSON.stringify(provenanceOf(layer, caller, set));
  yield {
    body: `{"type":"FeatureCollection","name":${JSON.stringify(layer.id)},"yutu":${provenance},"features":[`,
    features: [],
  };
  let count = 0;
  for (let after = 0; ; ) {
    const features = await reading.items({ after, limit: PAGE });
    const body = features.map((f, i) => `${count + i === 0 ? '' : ','}\n${JSON.stringify(f)}`).join('');
    yield { body, features };
    count += features.length;
    if (features.length < PAGE) break;
    after = features.at(-1)!.id;
  }
  yield { body: '\n]}\n', features: [] };
}

/** What every file that leaves says of itself: whose data, which version, who took it, when, under which grants, and what its codes are of. */
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
    ...codeSystemsOf(layer, set.views),
  };
}
