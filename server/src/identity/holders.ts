import type { Role } from './caller.js';
import { answersForData } from './standing.js';

/** What can be listed, handed over and ended by more than its holder. */
export type HeldKind = 'key' | 'certificate' | 'embed' | 'signed';

export interface Held {
  kind: HeldKind;
  organisation: string;
  /** Who answers for it; null: nobody any more. */
  holder: string | null;
  /** Who was asked to take it over. */
  offeredTo: string | null;
  /** A key or certificate of every layer. */
  everyLayer: boolean;
  /** A key that a grant names. */
  granted: boolean;
  /** Of addresses and embeds: who owns the layer they show. */
  layerOwner: string | null;
  /** Of addresses and embeds: whether who asks may know of that layer. */
  layerTold: boolean;
}

/** Somebody signed in, with roles of their own: who stands in for a steward keeps no credentials. */
export interface Keeper {
  name: string;
  organisation: string;
  roles: readonly Role[];
}

export type CredentialDeed =
  | { kind: 'look' }
  | { kind: 'rotate' }
  | { kind: 'revoke' }
  /** `to` null: the offer is taken back. */
  | { kind: 'hand_over'; to: Keeper | null }
  | { kind: 'accept' };

export type CredentialRefusal = 'hidden' | 'not_yours' | 'needs_office' | 'needs_steward' | 'not_offered' | 'no_colleague';

/**
 * Who may do what to a credential: the one place where this is decided. A secret is told to who answers for it alone, and nobody comes to
 * answer for what another held unless the other, or the organisation's administrator, asks them to: always two people, and the
 * administrator never asks themselves.
 *
 * | | holder | organisation's administrator | its steward | steward of the layer's owner |
 * |---|---|---|---|---|
 * | look | yes | yes | yes; any member at keys and embeds | addresses and embeds |
 * | rotate (keys), accept | holder, or who was asked; of every layer and certificates with a data office; granted keys as stewards | – | – | – |
 * | hand over | to a colleague | to a colleague | – | – |
 * | revoke | yes | yes | certificates, granted keys | addresses and embeds |
 *
 * Of an address or embed of a layer that one may not know of, only the holder and who was asked to take it over know.
 */
export function credentialRefusal(by: Keeper, deed: CredentialDeed, held: Held): CredentialRefusal | null {
  const inOffice = by.organisation === held.organisation;
  const holds = inOffice && by.name === held.holder;
  const administers = inOffice && by.roles.includes('org_admin');
  const stewards = inOffice && by.roles.includes('steward');
  const ownsLayer = held.layerOwner !== null && by.organisation === held.layerOwner && by.roles.includes('steward');
  const asked = inOffice && by.name === held.offeredTo;
  const kept = holds || administers || stewards || asked;
  const seen =
    held.kind === 'signed' ? holds || administers || ownsLayer : held.kind === 'certificate' ? kept : inOffice || ownsLayer;
  if (!seen || !(held.layerTold || holds || asked)) return 'hidden';
  switch (deed.kind) {
    case 'look':
      return null;
    case 'revoke': {
      const steward = stewards && (held.kind === 'certificate' || held.granted);
      return holds || administers || steward || ownsLayer ? null : 'not_yours';
    }
    case 'rotate':
      return held.kind === 'key' && holds ? unfit(by, held) : 'not_yours';
    case 'hand_over': {
      if (held.kind === 'signed' || (!holds && !administers)) return 'not_yours';
      const { to } = deed;
      if (to === null) return null;
      return to.name === by.name || to.name === held.holder || unfit(to, held) ? 'no_colleague' : null;
    }
    case 'accept':
      return asked ? unfit(by, held) : 'not_offered';
  }
}

/** What somebody lacks to answer for a credential. */
function unfit(who: Keeper, held: Held): 'no_colleague' | 'needs_office' | 'needs_steward' | null {
  if (who.organisation !== held.organisation) return 'no_colleague';
  if (held.granted && !who.roles.includes('steward')) return 'needs_steward';
  const office = held.kind === 'certificate' || (held.kind === 'key' && held.everyLayer);
  return office && !answersForData(who.roles) ? 'needs_office' : null;
}
