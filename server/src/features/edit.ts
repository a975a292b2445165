import type { Request, Response } from 'express';
import { requireLayer } from '../access/require.js';
import type { Bus } from '../db/bus.js';
import type { Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import { callerOf, queryParams, readExactBody } from '../http/request.js';
import { holdAccount } from '../identity/accounts.js';
import { type Caller, isStewardOf, mandateOf } from '../identity/caller.js';
import { crsOf, readCrs } from '../incoming/crs.js';
import { applyEdit, checkValid, type Edit, itemTag } from '../store/edit.js';
import type { Item } from '../store/items.js';
import { featurePatch, geometryInput, requireLonLat, valuesInput, wholeInput } from './edit-input.js';
import { fidOf, itemDocument } from './items.js';
import { GEOJSON } from './links.js';
import type { FeatureRooms } from './rooms.js';

export type EditRooms = FeatureRooms & { bus: Bus };
type Handler = (rooms: EditRooms, req: Request, res: Response) => Promise<void>;

export const MERGE_PATCH = 'application/merge-patch+json';
const WHOLE = ['application/geo+json', 'application/json'];

/** Who edits which layer. @throws 404 for a layer one may not know, 401, 403: only the owner's stewards edit, in person */
function mayEdit({ catalogue, decisions }: EditRooms, caller: Caller, id: string) {
  const { layer, access } = requireLayer(catalogue, decisions, caller, id);
  if (caller.kind !== 'user') fail(caller.kind === 'key' ? 'person_required' : 'sign_in_required');
  if (!isStewardOf(caller, layer.owner) || !access.can('edit')) {
    const owner = catalogue.organisation(layer.owner);
    fail('edit_by_owner', { titleZh: layer.titleZh, titleEn: layer.titleEn, ownerZh: owner.titleZh, ownerEn: owner.titleEn });
  }
  return { layer, user: caller, reads: access.for('query') };
}

/** Layer and editor. @throws what `mayEdit` throws */
function editing(rooms: EditRooms, req: Request, res: Response) {
  const { layer, user, reads } = mayEdit(rooms, callerOf(res), String(req.params.layer));
  queryParams(req, [], ['json', 'geojson']);
  /** Decides again, by the account as the transaction sees it: until its end nobody takes the office away. */
  const still = async (q: Queryable) => {
    await holdAccount(q, user.name);
    mayEdit(rooms, await rooms.callers.within(q, req), layer.id);
  };
  return { layer, editor: { name: user.name, organisation: user.organisation, reads, mandate: mandateOf(user), still } };
}

/** The body is of one of these types, and its coordinates longitude and latitude: `Content-Crs` (Part 2) may say otherwise. */
function requireType(req: Request, types: string[]): void {
  if (!req.is(types)) fail('media_type_unsupported', { allowed: types.join(', ') });
  const named = req.get('content-crs');
  if (named !== undefined) requireLonLat('Content-Crs', crsOf(named.replace(/^\s*<|>\s*$/g, '')));
}

/** `If-Match` (RFC 9110 §13.1.1). A proxy that compresses marks tags as weak; ours name contents, so that does not matter. */
function expects(req: Request): (tag: string) => boolean {
  const header = req.headers['if-match'];
  if (header === undefined || header.trim() === '') fail('precondition_required');
  const tags = header.split(',').map((t) => t.trim().replace(/^W\//, ''));
  return (tag) => tags.includes('*') || tags.includes(tag);
}

type Editing = ReturnType<typeof editing>;

async function wholeFeature(rooms: EditRooms, req: Request, layer: Parameters<typeof geometryInput>[0]) {
  requireType(req, WHOLE);
  const body = await readExactBody(req, wholeInput);
  const given = valuesInput(layer, body.properties ?? {}, rooms.timezone);
  requireLonLat('crs', readCrs(body.crs));
  const geometry = geometryInput(layer, body.geometry);
  if (geometry !== null) await checkValid(rooms.db, geometry);
  return { id: body.id, geometry, values: new Map(layer.fields.map((f) => [f.name, given.get(f.name) ?? null])) };
}

/** Tells the editor the feature as it now is. The edit stands; who lost the right meanwhile is told that it was made, and nothing else. */
async function answer(rooms: EditRooms, req: Request, res: Response, { layer, editor }: Editing, item: Item, status: 200 | 201) {
  const reads = await rooms.callers
    .of(req)
    .then((caller) => requireLayer(rooms.catalogue, rooms.decisions, caller, layer.id).access.for('query').key)
    .catch(() => null);
  if (reads !== editor.reads.key) {
    res.status(status === 201 ? 201 : 204).end();
    return;
  }
  res.status(status).setHeader('ETag', itemTag(layer.id, item));
  res.setHeader('Cache-Control', 'private, no-cache');
  res.type(GEOJSON).send(JSON.stringify(itemDocument(rooms, req, layer, editor.reads, item)));
}

/** POST /collections/{layer}/items (OGC API Features Part 4, create): a new feature with an id of the server's. */
export const createItem: Handler = async (rooms, req, res) => {
  const open = editing(rooms, req, res);
  const { layer, editor } = open;
  const { geometry, values } = await wholeFeature(rooms, req, layer);
  const { item } = await applyEdit(rooms, layer, { op: 'create', geometry, values }, editor);
  res.setHeader('Location', `${rooms.origin(req)}/api/collections/${layer.id}/items/${item!.id}`);
  await answer(rooms, req, res, open, item!, 201);
};

/** PUT …/items/{fid} (Part 4, replace): fields that are not sent become empty. */
export const replaceItem: Handler = async (rooms, req, res) => {
  const open = editing(rooms, req, res);
  const { layer, editor } = open;
  const fid = fidOf(layer, req);
  const { id, geometry, values } = await wholeFeature(rooms, req, layer);
  if (id !== undefined && String(id) !== String(fid))
    badParameter('id', '与网址里的编号不一致', 'it differs from the id in the address');
  const edit: Edit = { op: 'replace', fid, geometry, values, expects: expects(req) };
  const { item } = await applyEdit(rooms, layer, edit, editor);
  await answer(rooms, req, res, open, item!, 200);
};

/** PATCH …/items/{fid} (Part 4, update): a merge patch. */
export const updateItem: Handler = async (rooms, req, res) => {
  const open = editing(rooms, req, res);
  const { layer, editor } = open;
  const fid = fidOf(layer, req);
  requireType(req, [MERGE_PATCH]);
  const body = await readExactBody(req, featurePatch);
  const edit: Edit = {
    op: 'update',
    fid,
    values: valuesInput(layer, body.properties ?? {}, rooms.timezone),
    expects: expects(req),
  };
  if (body.geometry !== undefined) {
    edit.geometry = geometryInput(layer, body.geometry);
    if (edit.geometry !== null) await checkValid(rooms.db, edit.geometry);
  }
  const { item } = await applyEdit(rooms, layer, edit, editor);
  await answer(rooms, req, res, open, item!, 200);
};

/** DELETE …/items/{fid} (Part 4): its id is never used again. */
export const deleteItem: Handler = async (rooms, req, res) => {
  const open = editing(rooms, req, res);
  const { layer, editor } = open;
  await applyEdit(rooms, layer, { op: 'delete', fid: fidOf(layer, req), expects: expects(req) }, editor);
  res.status(204).end();
};
