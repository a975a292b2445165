import { describe, expect, it } from 'vitest';
import type { Role } from './caller.js';
import { type CredentialDeed, credentialRefusal, type Held, type HeldKind, type Keeper } from './holders.js';

const who = (name: string, roles: Role[], organisation = 'transport'): Keeper => ({ name, organisation, roles });
const maker = who('maker', ['planner']);
const colleague = who('colleague', ['planner']);
const steward = who('steward', ['steward']);
const chief = who('chief', ['org_admin']);
const owner = who('owner', ['steward'], 'planning');
const stranger = who('stranger', ['steward', 'org_admin'], 'water');
const everybody = [maker, colleague, steward, chief, owner, stranger];
const held = (kind: HeldKind, more: Partial<Held> = {}): Held => ({
  kind,
  organisation: 'transport',
  holder: 'maker',
  offeredTo: null,
  everyLayer: false,
  granted: false,
  layerOwner: kind === 'embed' || kind === 'signed' ? 'planning' : null,
  layerTold: true,
  ...more,
});
/** Who may, by name. */
const may = (deed: CredentialDeed, of: Held) =>
  everybody.filter((by) => credentialRefusal(by, deed, of) === null).map((by) => by.name);

describe('who may', () => {
  it.each<[HeldKind, string[]]>([
    ['key', ['maker', 'colleague', 'steward', 'chief']],
    ['certificate', ['maker', 'steward', 'chief']],
    ['embed', ['maker', 'colleague', 'steward', 'chief', 'owner']],
    ['signed', ['maker', 'chief', 'owner']],
  ])('know of a %s', (kind, expected) => {
    expect(may({ kind: 'look' }, held(kind))).toEqual(expected);
    expect(credentialRefusal(stranger, { kind: 'revoke' }, held(kind))).toBe('hidden');
  });

  it.each(['embed', 'signed'] as const)('know of an %s of a layer that is kept from them: who keeps it', (kind) => {
    const kept = held(kind, { layerTold: false, ...(kind === 'embed' && { offeredTo: 'colleague' }) });
    expect(may({ kind: 'look' }, kept)).toEqual(kind === 'embed' ? ['maker', 'colleague'] : ['maker']);
    for (const deed of [{ kind: 'revoke' }, { kind: 'hand_over', to: null }] as const)
      expect(credentialRefusal(chief, deed, kept)).toBe('hidden');
  });

  it.each<[HeldKind, Partial<Held>, string[]]>([
    ['key', {}, ['maker', 'chief']],
    ['key', { granted: true }, ['maker', 'steward', 'chief']],
    ['certificate', {}, ['maker', 'steward', 'chief']],
    ['embed', {}, ['maker', 'chief', 'owner']],
    ['signed', {}, ['maker', 'chief', 'owner']],
  ])('revoke a %s (%j)', (kind, more, expected) => {
    expect(may({ kind: 'revoke' }, held(kind, more))).toEqual(expected);
  });

  it('rotate a key: its holder alone, with the office that it rests on', () => {
    const rotate = { kind: 'rotate' } as const;
    expect(may(rotate, held('key'))).toEqual(['maker']);
    expect(may(rotate, held('key', { granted: true }))).toEqual([]);
    expect(may(rotate, held('key', { everyLayer: true }))).toEqual([]);
    expect(may(rotate, held('key', { granted: true, everyLayer: true, holder: 'steward' }))).toEqual(['steward']);
    expect(may(rotate, held('key', { everyLayer: true, holder: 'chief' }))).toEqual(['chief']);
    expect(may(rotate, held('key', { granted: true, holder: 'chief' }))).toEqual([]);
    for (const kind of ['certificate', 'embed', 'signed'] as const) expect(may(rotate, held(kind))).toEqual([]);
  });

  it('hand over: the holder and the administrator, to somebody else who is fit for it', () => {
    const to = (keeper: Keeper | null) => ({ kind: 'hand_over', to: keeper }) as const;
    expect(may(to(colleague), held('key'))).toEqual(['maker', 'chief']);
    expect(may(to(chief), held('key'))).toEqual(['maker']);
    expect(may(to(maker), held('key'))).toEqual([]);
    expect(may(to(stranger), held('key'))).toEqual([]);
    expect(may(to(colleague), held('key', { granted: true }))).toEqual([]);
    expect(may(to(steward), held('key', { granted: true }))).toEqual(['maker', 'chief']);
    expect(may(to(colleague), held('certificate'))).toEqual([]);
    expect(may(to(null), held('embed'))).toEqual(['maker', 'chief']);
    expect(may(to(colleague), held('signed'))).toEqual([]);
  });

  it('take over: whoever was asked, and nobody unasked', () => {
    const accept = { kind: 'accept' } as const;
    for (const kind of ['key', 'certificate', 'embed'] as const) expect(may(accept, held(kind))).toEqual([]);
    expect(may(accept, held('key', { offeredTo: 'colleague' }))).toEqual(['colleague']);
    // granted meanwhile, or no longer in the office
    expect(may(accept, held('key', { offeredTo: 'colleague', granted: true }))).toEqual([]);
    expect(may(accept, held('key', { offeredTo: 'stranger' }))).toEqual([]);
  });
});

it('nobody comes by what another holds alone: no deed of one person makes them a holder or tells a secret', () => {
  for (const kind of ['key', 'certificate', 'embed', 'signed'] as const)
    for (const granted of [true, false])
      for (const by of everybody.filter((one) => one.name !== 'maker')) {
        const of = held(kind, { granted });
        expect(credentialRefusal(by, { kind: 'rotate' }, of)).not.toBeNull();
        expect(credentialRefusal(by, { kind: 'accept' }, of)).not.toBeNull();
        expect(credentialRefusal(by, { kind: 'hand_over', to: by }, of)).not.toBeNull();
      }
});
