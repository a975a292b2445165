import { Caller } from '../../harness.js';
import { decodeAny, tileAt, tilePath } from '../../tile.js';
import type { Examination } from './examine.js';
import { looksFor, refusalOf } from './rules.js';
import { type CallerSpec, centre, type LayerSpec, network } from './world.js';

/** What one caller sees in the hands of another: signed addresses, embeds, and a steward's preview. */
/** Where features count, and where they do not yet. */
const coords = [tileAt(centre[0], centre[1], 12), tileAt(centre[0], centre[1], 11)];
const site = 'https://site.example';

/** An address of the platform's that carries its right in itself, asked for without any other. */
const pathOf = (template: string, coord = coords[0]!) => {
  const url = new URL(template.replace('{z}', String(coord.z)).replace('{x}', String(coord.x)).replace('{y}', String(coord.y)));
  return url.pathname + url.search;
};

/** A signed address shows what its issuer sees in tiles, an embed what its issuer may embed; of other layers nothing. */
export async function signedAddresses(exam: Examination, caller: CallerSpec, layer: LayerSpec): Promise<void> {
  const who = exam.as(caller);
  // Whoever holds an address: where the issuer's key is bound to a network, somebody in it.
  const nobody = new Caller(exam.place.url, caller.networks ? { 'x-forwarded-for': network.within } : {});
  const anonymous = caller.organisation === null || (caller.dead !== null && !caller.key);
  const where = `${caller.name} ${layer.id}`;
  const sight = exam.sight(caller, layer);
  const elsewhere = async (tiles: string) => {
    const other = exam.world.layers.find((l) => l.id !== layer.id)!;
    const answer = await nobody.get(pathOf(tiles.replace(layer.id, other.id)), { origin: site });
    exam.same(`${where}: its address for ${other.id}`, [answer.status, answer.json.code], [403, 'signed_invalid']);
  };

  const signed = await who.post(`/api/collections/${layer.id}/signed-tiles`, { hours: 1 });
  if (anonymous && !sight.refused) exam.same(`${where} signed status`, signed.status, 401);
  else if (!exam.refused(`${where} signed`, signed, caller, layer, 'view')) {
    for (const coord of coords) {
      const [lent, own] = [await nobody.get(pathOf(signed.json.tiles, coord)), await who.get(tilePath(layer.id, coord))];
      exam.same(
        `${where} signed tile ${coord.z}`,
        [lent.status, lent.bytes.toString('hex')],
        [own.status, own.bytes.toString('hex')],
      );
    }
    const [metadata, mine] = await Promise.all([
      nobody.get(pathOf(signed.json.tilejson)),
      who.get(`/api/collections/${layer.id}/tilejson`),
    ]);
    if (caller.networks) {
      const far = await nobody.get(pathOf(signed.json.tiles), { 'x-forwarded-for': network.elsewhere });
      exam.same(`${where} signed tile from elsewhere`, [far.status, far.status === 403 && far.json.code], [403, 'key_network']);
    }
    // The issuer's own may have the box of what it may query.
    const told = ({ tiles: _, bounds: __, ...rest }: Record<string, unknown>) => rest;
    exam.same(`${where} signed tilejson`, told(metadata.json), told(mine.json));
    exam.extent(`${where} signed bounds`, metadata.json.bounds, caller, layer, 'view');
    await elsewhere(signed.json.tiles);
  }

  const embed = await who.post(`/api/collections/${layer.id}/embeds`, { origins: [site], days: 1 });
  if (sight.refused) exam.refused(`${where} embed`, embed, caller, layer, 'embed');
  else if (anonymous || caller.key) exam.same(`${where} embed status`, embed.status, anonymous ? 401 : 403);
  else if (!exam.refused(`${where} embed`, embed, caller, layer, 'embed')) {
    for (const coord of coords) {
      const tile = await nobody.get(pathOf(embed.json.tiles, coord), { origin: site });
      if (!exam.same(`${where} embed tile status`, tile.status < 300, true)) return;
      const drawn = decodeAny(tile.bytes).get(layer.id) ?? [];
      exam.tileFeatures(`${where} embed tile ${coord.z}`, drawn, caller, layer, coord, looksFor(sight, 'embed', coord.z));
    }
    const astray = await nobody.get(pathOf(embed.json.tiles), { origin: 'https://other.example' });
    exam.same(`${where} embed on another site`, [astray.status, astray.json.code], [403, 'embed_origin']);
    await elsewhere(embed.json.tiles);
  }
}

/** The owner's steward sees the layer as the caller does, to the byte; in anybody else's hands the preview is nothing. */
export async function previews(exam: Examination, caller: CallerSpec, layer: LayerSpec): Promise<void> {
  const steward = exam.world.callers.find((c) => c.name === `steward-${layer.owner}`);
  if (!steward || caller.dead || caller.certificate) return;
  const as = caller.key ? `key:${caller.key.id}` : caller.person === null ? 'public' : `person:${caller.person}`;
  const where = `${caller.name} ${layer.id} preview`;
  const owner = exam.as(steward);
  const opened = await owner.post('/api/access/preview', { layer: layer.id, as });
  if (!exam.same(`${where} status`, opened.status, 201)) return;
  const preview = `preview=${opened.json.token}`;
  const items = `/api/collections/${layer.id}/items?limit=1000`;
  const page = await owner.get(`${items}&${preview}`);
  const refusal = refusalOf(caller, layer, exam.sight(caller, layer), 'query');
  if (refusal) exam.same(`${where} items`, [page.status >= 400, 'features' in page.json], [true, false]);
  else {
    const shown = exam.facts.shown(layer, looksFor(exam.sight(caller, layer), 'query'));
    if (exam.same(`${where} items status`, page.status, 200)) exam.features(`${where} items`, page.json.features, shown);
  }
  for (const coord of coords) {
    const path = tilePath(layer.id, coord);
    const [tile, own] = [await owner.get(`${path}?${preview}`), await exam.as(caller).get(path)];
    if (own.status < 300) exam.same(`${where} tile ${coord.z}`, tile.bytes.toString('hex'), own.bytes.toString('hex'));
    else exam.same(`${where} tile ${coord.z} status`, tile.status >= 400, true);
  }
  const stranger = exam.world.callers.find((c) => c.name === 'planner-outside')!;
  const taken = await exam.as(stranger).get(`${items}&${preview}`);
  exam.same(`${where} in other hands`, [taken.status, taken.json.code], [403, 'preview_not_yours']);
}

/** A key that somebody else answers for: its new secret is told to nobody of its office. */
export async function rotations(exam: Examination, caller: CallerSpec): Promise<void> {
  const kept = exam.world.callers.find((c) => c.name === 'key-left')!;
  if (caller.person === null || caller.dead) return;
  const answer = await exam.as(caller).post(`/api/keys/${kept.key!.id}/rotate`, {});
  const own = caller.organisation === kept.organisation;
  const expected = own ? [403, 'credential_not_yours'] : [404, 'key_not_found'];
  exam.same(`${caller.name} rotates another’s key`, [answer.status, answer.json.code ?? 'rotated'], expected);
}
