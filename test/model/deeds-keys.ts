import { ownRoles } from '../../server/src/identity/caller.js';
import type { CredentialDeed, Held, Keeper } from '../../server/src/identity/holders.js';
import { answersForData } from '../../server/src/identity/standing.js';
import type { Deed, Deeds, Turn } from './deeds.js';
import { copy, type Key, type World } from './world.js';

/** A key as the server's rules take it. */
const heldAs = (world: World, id: string, { organisation, holder, offeredTo, layers }: Key): Held => ({
  kind: 'key',
  organisation,
  holder,
  offeredTo,
  everyLayer: layers === null,
  granted: world.grants.some((grant) => grant.subject === `key:${id}`),
  layerOwner: null,
  layerTold: true,
});

/** The same deed tried on every key. */
const onEach = (turn: Turn, what: string, deed: CredentialDeed, change: (next: World, id: string) => void): Deed[] =>
  Object.entries(turn.world.keys).map(([id, key]) => ({
    name: `${what} the key ${id}`,
    next: () => {
      const { rules, world, user } = turn;
      if (rules.credentialRefusal({ ...user, roles: ownRoles(user) }, deed, heldAs(world, id, key))) return null;
      const next = copy(world);
      change(next, id);
      return next;
    },
  }));

/** A new secret, told to the actor; the key is under the present stamp of who answers for it. */
function told(next: World, id: string, holder: string): void {
  Object.assign(next.keys[id]!, { holder, offeredTo: null, stamp: next.accounts[holder]!.stamp });
  next.hands.secrets = [...new Set([...next.hands.secrets, id])].sort();
}

/** Colleagues who may be asked to take a key over (the query of `peopleOf`, in short). */
const colleagues = ({ accounts }: World, organisation: string): Keeper[] =>
  Object.entries(accounts)
    .filter(([, account]) => account.organisation === organisation && account.confirmed && !account.disabled)
    .map(([name, { roles }]) => ({ name, organisation, roles }));

export const keyDeeds: Deeds = {
  createKey: (turn) =>
    [null, ['closed', 'rivers']].map((layers) => ({
      name: `make a key of ${layers ?? 'every layer'}`,
      next: () => {
        const { world, user } = turn;
        if (layers === null && !answersForData(ownRoles(user))) return null;
        const id = `of ${user.name}${layers === null ? '' : ', limited'}`;
        if (world.keys[id]) return null;
        const next = copy(world);
        next.keys[id] = { organisation: user.organisation, holder: user.name, layers, stamp: 0, offeredTo: null };
        told(next, id, user.name);
        return next;
      },
    })),
  rotateKey: (turn) => onEach(turn, 'rotate', { kind: 'rotate' }, (next, id) => told(next, id, next.keys[id]!.holder!)),
  acceptKey: (turn) => onEach(turn, 'accept', { kind: 'accept' }, (next, id) => told(next, id, turn.user.name)),
  revokeKey: (turn) =>
    onEach(turn, 'revoke', { kind: 'revoke' }, (next, id) => {
      delete next.keys[id];
      next.hands.secrets = next.hands.secrets.filter((other) => other !== id);
    }),
  handOverKey: (turn) =>
    [null, ...colleagues(turn.world, turn.user.organisation)].flatMap((to) =>
      onEach(turn, `offer ${to?.name ?? 'nobody'}`, { kind: 'hand_over', to }, (next, id) => {
        next.keys[id]!.offeredTo = to?.name ?? null;
      }),
    ),
};
