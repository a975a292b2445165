import { emptyInstance } from '../../server/src/catalogue/catalogue.js';
import { classOf } from '../../server/src/catalogue/layers.js';
import type { Addressee } from '../../server/src/requests/grant.js';
import type { Step } from '../../server/src/requests/rules.js';
import type { Deeds, Turn } from './deeds.js';
import { accessOf, tiesOf } from './sight.js';
import { copy, given, layerOf, layers, toOrganisation, type World } from './world.js';

const { duty } = emptyInstance.emergency;
const isDiscovered = ({ rules, world, user }: Turn, id: string) => accessOf(rules, world, user, layerOf(id)).discover;

/** Whom a grant may be to: of each kind one that the giver is in some way, and one that is somebody else; of the hidden layer organisations. */
function addressees({ world, user }: Turn): Addressee[] {
  const person = (id: string): Addressee => ({ kind: 'person', id, grantee: world.accounts[id]!.organisation });
  const people = new Set([user.name, 'planner-b', ...world.hands.passwords, ...tiesOf(world, user).standIns]);
  return [
    { kind: 'any_organisation', id: null, grantee: null },
    ...[...new Set([user.organisation, 'beta'])].map(toOrganisation),
    { kind: 'subtree', id: user.organisation, grantee: user.organisation },
    { kind: 'role', id: 'planner', grantee: null },
    ...[...people].map(person),
    ...Object.entries(world.keys).map(([id, key]): Addressee => ({ kind: 'key', id, grantee: key.organisation })),
  ];
}

const kinds = ['single', 'pair', 'emergency'] as const;

function shared(turn: Turn, kind: (typeof kinds)[number], layer: string, to: Addressee): World | null {
  const { rules, world, user } = turn;
  const { owner } = layerOf(layer);
  if (!isDiscovered(turn, layer) || (kind === 'pair' && to.kind !== 'organisation')) return null;
  if (rules.giverRefusal(user, kind, [owner], duty) || rules.getterRefusal(user, kind, to, tiesOf(world, user))) return null;
  if (to.kind === 'organisation' && to.id === owner) return null;
  if (world.grants.some((g) => g.layer === layer && g.to.kind === to.kind && g.to.id === to.id && g.fields === null)) return null;
  const next = copy(world);
  const agreement = kind === 'single' ? null : `${kind} ${layer} ${to.id}`;
  if (agreement !== null) {
    if (world.agreements[agreement]) return null;
    next.agreements[agreement] = {
      kind: kind as 'pair' | 'emergency',
      partyA: user.organisation,
      partyB: kind === 'pair' ? to.id : null,
      madeBy: user.name,
      signedAt: null,
      endedAt: null,
      confirmBy: kind === 'emergency' ? '2999-01-01T00:00:00Z' : null,
      confirmedBy: null,
      reviewedAt: null,
    };
  }
  next.grants.push(given(layer, to, null, { agreement, active: kind !== 'pair' }));
  return next;
}

const step = (turn: Turn, what: Step, change: (next: World, id: string) => World | null) =>
  Object.entries(turn.world.agreements).map(([id, agreement]) => ({
    name: `${what} ${id}`,
    next: () => {
      const { rules, world, user } = turn;
      const own = world.grants.filter((g) => g.agreement === id);
      const facts = { ...agreement, to: own.map((g) => g.to), owners: own.map((g) => layerOf(g.layer).owner) };
      if (rules.stepRefusal(what, facts, user, tiesOf(world, user), duty, 0)) return null;
      return change(copy(world), id);
    },
  }));

export const sharingDeeds: Deeds = {
  shareLayers: (turn) =>
    kinds.flatMap((kind) =>
      layers.flatMap(({ id }) =>
        addressees(turn)
          .filter((to) => id !== 'hidden' || to.kind === 'organisation')
          .map((to) => ({
            name: `${kind}: ${id} to ${to.kind} ${to.id}`,
            next: () => shared(turn, kind, id, to),
          })),
      ),
    ),
  revokeGrant: (turn) =>
    turn.world.grants.map((grant, i) => ({
      name: `revoke ${grant.layer} of ${grant.subject}`,
      next: () => {
        const own = turn.user.roles.includes('steward') && layerOf(grant.layer).owner === turn.user.organisation;
        return own ? { ...turn.world, grants: turn.world.grants.filter((_, j) => j !== i) } : null;
      },
    })),
  signAgreement: (turn) =>
    layers.flatMap(({ id: layer, owner }) =>
      step(turn, 'sign', (next, id) => {
        if (turn.rules.giverRefusal(turn.user, 'pair', [owner], duty)) return null;
        const agreement = next.agreements[id]!;
        agreement.signedAt = 'now';
        next.grants = next.grants.map((g) => (g.agreement === id ? { ...g, active: true } : g));
        next.grants.push(given(layer, toOrganisation(agreement.partyA), null, { agreement: id }));
        return next;
      }),
    ),
  confirmAgreement: (turn) =>
    step(turn, 'confirm', (next, id) => {
      next.agreements[id]!.confirmedBy = turn.user.name;
      return next;
    }),
  reviewAgreement: (turn) =>
    step(turn, 'review', (next, id) => {
      next.agreements[id]!.reviewedAt = 'now';
      return next;
    }),
  endAgreement: (turn) =>
    step(turn, 'end', (next, id) => {
      next.agreements[id]!.endedAt = 'now';
      next.grants = next.grants.filter((g) => g.agreement !== id);
      return next;
    }),
  createRequest: (turn) =>
    layers.map(({ id: layer, owner }) => ({
      name: `ask for ${layer}`,
      next: () => {
        const { world, user } = turn;
        const id = `${layer} by ${user.name}`;
        if (!isDiscovered(turn, layer) || owner === user.organisation || world.requests[id]) return null;
        // Unconditional sharing is the owner's standing answer: no layer of this world is.
        if (classOf(layerOf(layer)) !== 'conditional') return null;
        const request = { layer, applicant: user.name, organisation: user.organisation, status: 'submitted' as const };
        return { ...world, requests: { ...world.requests, [id]: request } };
      },
    })),
  decideRequest: (turn) =>
    Object.entries(turn.world.requests).map(([id, request]) => ({
      name: `grant ${id}`,
      next: () => {
        const { rules, world, user } = turn;
        const ties = tiesOf(world, user);
        if (request.status !== 'submitted' || rules.decisionRefusal(user, request, layerOf(request.layer).owner, ties))
          return null;
        const next = copy(world);
        next.requests[id]!.status = 'decided';
        next.grants.push(given(request.layer, toOrganisation(request.organisation), [{ name: 'holder', form: 'value' }]));
        return next;
      },
    })),
  liftExtraction: (turn) =>
    turn.world.stopped.map((one) => ({
      name: `lift ${one}`,
      next: () => {
        const [organisation, layer] = one.split(' ') as [string, string];
        if (!isDiscovered(turn, layer) || turn.rules.liftRefusal(turn.user, layerOf(layer).owner, organisation)) return null;
        return { ...turn.world, stopped: turn.world.stopped.filter((other) => other !== one) };
      },
    })),
};
