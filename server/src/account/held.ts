import { isTold } from '../access/told.js';
import { badParameter, fail } from '../errors/fail.js';
import { type Caller, ownRoles } from '../identity/caller.js';
import { type Answered, endOf } from '../identity/handover.js';
import { type CredentialDeed, credentialRefusal, type Held, type HeldKind, type Keeper } from '../identity/holders.js';
import type { AccountRooms } from './rooms.js';

type User = Extract<Caller, { kind: 'user' }>;

/** Somebody as `credentialRefusal` takes them: with roles of their own. */
export const keeperOf = (user: User): Keeper => ({
  name: user.name,
  organisation: user.organisation,
  roles: ownRoles(user),
});

const absent = {
  key: 'key_not_found',
  certificate: 'certificate_not_found',
  embed: 'embed_not_found',
  signed: 'signed_not_found',
} as const satisfies Record<HeldKind, string>;

/** @throws the fault of who may not do it; of a credential that there is not, or that one may not know of: `…_not_found` */
export function allow<T extends Held>(by: Keeper, deed: CredentialDeed, held: T | null, kind: HeldKind): asserts held is T {
  if (!held) fail(absent[kind]);
  switch (credentialRefusal(by, deed, held)) {
    case null:
      return;
    case 'hidden':
      return fail(absent[kind]);
    case 'not_yours':
      return fail('credential_not_yours');
    case 'needs_office':
      return fail('role_required', { role: 'steward / org_admin' });
    case 'needs_steward':
      return fail('credential_needs_steward');
    case 'not_offered':
      return fail('credential_not_offered');
    case 'no_colleague':
      return badParameter(
        'to',
        '应为本单位另一位可以负责的同事：不限图层的凭据和证书须由数据管理员或单位管理员负责，授权点名的密钥须由数据管理员负责；单位管理员不能交给自己',
        'it must be another colleague of the organisation who may answer for it: for every layer, or a certificate, a steward or administrator; for a key that a grant names, a steward; administrators do not name themselves',
      );
  }
}

/** What the rules ask of the layer that an address or embed shows; null: it shows none of its own. */
export const layerOf = (rooms: Pick<AccountRooms, 'catalogue' | 'decisions'>, user: User, layer: string | null) => ({
  layerOwner: layer === null ? null : (rooms.catalogue.layers.get(layer)?.owner ?? null),
  layerTold: layer === null || isTold(rooms, user, layer),
});

/** The scope of a key or certificate: in full to who made it, holds it or was asked to; to others the layers they may know of. */
export function scopeTold(
  rooms: Pick<AccountRooms, 'catalogue' | 'decisions'>,
  user: User,
  of: { layers: string[] | null; createdBy: string; holder: string | null; offeredTo: string | null },
): { layers: string[] | null; layersHidden?: true } {
  if (of.layers === null || [of.createdBy, of.holder, of.offeredTo].includes(user.name)) return { layers: of.layers };
  const layers = of.layers.filter((id) => isTold(rooms, user, id));
  return layers.length === of.layers.length ? { layers } : { layers, layersHidden: true };
}

/** A row of a list with what the rules need of it. */
type Listed = Answered & { id: string; organisation: string; revokedAt: string | null; until: string };

const deeds = ['rotate', 'revoke', 'hand_over', 'accept'] as const;

/** A listed credential as it is shown: who answers for it, whether it is in force, and what the caller may do with it. */
export function presentHeld<T extends Listed>(
  { demo, decisions, catalogue }: Pick<AccountRooms, 'demo' | 'decisions' | 'catalogue'>,
  user: User,
  kind: HeldKind,
  row: T,
  { over, layer = null, everyLayer = false }: { over: boolean; layer?: string | null; everyLayer?: boolean },
) {
  const { stamp, person, ...shown } = row;
  const by = keeperOf(user);
  const held: Held = {
    kind,
    organisation: row.organisation,
    holder: row.holder,
    offeredTo: row.offeredTo,
    everyLayer,
    granted: kind === 'key' && decisions.namesKey(row.id),
    ...layerOf({ decisions, catalogue }, user, layer),
  };
  const ended = endOf({ ...held, stamp, person }, demo());
  const state = row.revokedAt !== null ? 'revoked' : over ? 'expired' : ended ? 'ended' : 'live';
  // Of handing over it is asked whether it may be taken back: to whom it may go is asked when it is done.
  const may = (deed: (typeof deeds)[number]) =>
    credentialRefusal(by, deed === 'hand_over' ? { kind: deed, to: null } : { kind: deed }, held) === null;
  return {
    ...shown,
    state: state as 'live' | 'revoked' | 'expired' | 'ended',
    ended: state === 'ended' ? ended : null,
    granted: held.granted,
    can: state === 'revoked' || state === 'expired' ? [] : deeds.filter(may),
    visible: credentialRefusal(by, { kind: 'look' }, held) === null,
  };
}

/** Those of a list that the caller may know of. */
export const visibleOf = <T extends { visible: boolean }>(rows: readonly T[]): Omit<T, 'visible'>[] =>
  rows.filter((row) => row.visible).map(({ visible: _visible, ...row }) => row);

/** Layers whose steward the person is. */
export const stewardedBy = ({ catalogue }: Pick<AccountRooms, 'catalogue'>, user: User): string[] =>
  ownRoles(user).includes('steward')
    ? [...catalogue.layers.values()].filter((layer) => layer.owner === user.organisation).map((layer) => layer.id)
    : [];
