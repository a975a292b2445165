import type { Request, Response } from 'express';
import type { ViewSet } from '../access/view.js';
import { codeSystemsOf } from '../access/visible.js';
import { record } from '../audit/chain.js';
import type { Layer } from '../catalogue/layers.js';
import { queryParams } from '../http/request.js';
import type { Caller } from '../identity/caller.js';
import { type Body, deliver } from './deliver.js';
import type { Reading } from './reading.js';
import type { FeatureRooms } from './rooms.js';
import { type Writer, writerOf, writers } from './writer.js';

/** Features of a part: few enough that making it holds up nobody else for long. */
const PAGE = 500;

/** GET /collections/{layer}/export: all that the caller may download, as a file that says who took it, when and under which grant. */
export function getExport(rooms: FeatureRooms, req: Request, res: Response): Promise<void> {
  return deliver(rooms, req, res, { action: 'download', surface: 'export' }, async (reading) => {
    const { caller, layer, set } = reading;
    const writer = writerOf(queryParams(req, [], Object.keys(writers)).f);
    await rooms.db.tx((q) =>
      record(q, {
        actor: caller.name,
        organisation: caller.organisation,
        action: 'export',
        layer: layer.id,
        subject: set.grants[0] ?? null,
        detail: { format: writer.extension, grants: [...set.grants], version: layer.version },
      }),
    );
    res.setHeader('Content-Disposition', `attachment; filename="${layer.id}.${writer.extension}"`);
    res.setHeader('Cache-Control', 'private, no-store');
    res.type(writer.mediaType);
    return { file: () => fileOf(reading, writer) };
  });
}

/** The file, page by page. */
async function* fileOf(reading: Reading, writer: Writer): AsyncGenerator<Body> {
  const { caller, layer, set } = reading;
  yield { body: writer.begin({ name: layer.id, yutu: provenanceOf(layer, caller, set) }), features: [] };
  let count = 0;
  for (let after = 0; ; ) {
    const features = await reading.items({ after, limit: PAGE });
    yield { body: features.map((item, i) => writer.feature(item, count + i === 0)).join(''), features };
    count += features.length;
    if (features.length < PAGE) break;
    after = features.at(-1)!.id;
  }
  yield { body: writer.end(), features: [] };
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
