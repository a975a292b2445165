import { ownRoles } from '../../server/src/identity/caller.js';
import type { Deeds } from './deeds.js';
import { copy } from './world.js';

export const keyDeeds: Deeds = {
  createKey: (turn) =>
    [null, ['closed', 'rivers']].map((layers) => ({
      name: `make a key of ${layers ?? 'every layer'}`,
      next: () => {
        const { world, user } = turn;
        if (layers === null && !ownRoles(user).some((role) => role === 'steward' || role === 'org_admin')) return null;
        const id = `of ${user.name}${layers === null ? '' : ', limited'}`;
        if (world.keys[id]) return null;
        const next = copy(world);
        const stamp = world.accounts[user.name]!.stamp;
        next.keys[id] = { organisation: user.organisation, holder: user.name, layers, stamp, offeredTo: null, turn: 0 };
        next.hands.secrets = [...next.hands.secrets, `${id} 0`].sort();
        return next;
      },
    })),
};
