import type { Operation } from '../operations.js';
import { day } from '../story.js';

/** What is written into the operations of the document, drawn at random. */
export interface Palette {
  /** A random one of a list. */
  of: <T>(list: readonly T[]) => T;
  layers: readonly string[];
  organisations: readonly string[];
  accounts: readonly string[];
  /** Accounts that may be administered. */
  administered: readonly string[];
  /** Ids by what they are of, as paths name it (`grants`), and those that the actor's own answers told. */
  ids: Readonly<Record<string, readonly string[]>>;
  told: readonly string[];
  keys: readonly string[];
}

const roles = [['planner'], ['steward'], ['planner', 'org_admin'], ['security']];

function subject({ of, organisations, accounts, keys }: Palette): { kind: string; id?: string } {
  const kind = of(['organisation', 'organisation', 'person', 'person', 'role', 'key', 'subtree', 'any_organisation']);
  switch (kind) {
    case 'organisation':
      return { kind, id: of(organisations) };
    case 'subtree':
      return { kind, id: of(['city', ...organisations]) };
    case 'person':
      return { kind, id: of(accounts) };
    case 'role':
      return { kind, id: of(['planner', 'security', `planner@${of(organisations)}`, 'security@authority']) };
    case 'key':
      return keys.length > 0 ? { kind, id: of(keys) } : { kind: 'person', id: of(accounts) };
    default:
      return { kind };
  }
}

const content = () => ({ actions: ['view', 'query', 'api'], fields: null, until: day(0, 20) });
const wholeCity = { divisions: ['500103'] };

/** Bodies that the document's examples would not make; other operations are sent their examples. */
const bodies: Record<string, (p: Palette) => object> = {
  shareLayers: (p) => {
    const kind = p.of(['single', 'pair', 'emergency', 'emergency']);
    const to = kind === 'pair' ? { kind: 'organisation', id: p.of(p.organisations) } : subject(p);
    return {
      layers: [p.of(p.layers)],
      kind,
      subject: to,
      reason: '试',
      area: kind === 'emergency' ? wholeCity : null,
      ...content(),
    };
  },
  signAgreement: (p) => ({ layers: [p.of(p.layers)], area: null, ...content() }),
  confirmAgreement: () => ({}),
  createRequest: (p) => ({
    layer: p.of(p.layers),
    purpose: '试',
    actions: ['view', 'query'],
    fields: [{ name: 'code', form: 'value' }],
    until: day(2),
  }),
  decideRequest: () => ({ outcome: 'granted', reason: '试' }),
  createAccount: (p) => ({
    username: `x${Math.floor(p.of([...Array(1e4).keys()]))}`,
    nameZh: '甲',
    nameEn: 'A',
    organisation: p.of(p.organisations),
    roles: p.of(roles),
  }),
  changeAccount: (p) => p.of([{ roles: p.of(roles) }, { roles: p.of(roles) }, { organisation: p.of(p.organisations) }]),
  resetAccount: (p) => ({ what: p.of(['password', 'factor']) }),
  createKey: (p) => p.of([{ name: '试' }, { name: '试', layers: [...p.layers] }]),
  handOverKey: (p) => ({ to: p.of(p.accounts) }),
  delegate: (p) => ({ delegate: p.of(['planner', 'org-transport']), from: day(0), until: day(0, 1) }),
  liftExtraction: (p) => ({ layer: p.of(p.layers), organisation: p.of(p.organisations), reason: '试' }),
};

/** The id of nothing. */
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** One request of an operation, its path and body filled at random. */
export function requestOf(operation: Operation, p: Palette): { method: string; path: string; body: object | undefined } {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(
      name === 'layer' || name === 'collectionId'
        ? p.of(p.layers)
        : name === 'username'
          ? p.of(p.administered)
          : p.of([...(p.ids[operation.path.split('/')[2]!] ?? []), ...p.told, NOBODY]),
    ),
  );
  const make = bodies[operation.id];
  const example = operation.bodies.length > 0 ? (p.of(operation.bodies) as object) : undefined;
  return { method: operation.method, path, body: make ? make(p) : example };
}
