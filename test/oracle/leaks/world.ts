import { execFileSync } from 'node:child_process';
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import type { Query } from '../../harness.js';

/**
 * A small city made for one question: who sees what. Many layers over three sets of features, many callers, and grants that combine
 * everything a grant can say. It is written to the database by SQL, and nothing of the server takes part in making it.
 */
export type Action = 'discover' | 'view' | 'query' | 'download' | 'api' | 'analyse' | 'verify' | 'embed';
export type Form = 'value' | 'masked' | 'code';
export type SetName = 'point' | 'line' | 'polygon';
export type Position = [lon: number, lat: number];
export interface Precision {
  kind: 'grid' | 'cell' | 'point';
  metres: number;
}
export interface Geometry {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: points, lines and polygons alike
  coordinates: any;
}

export interface FieldSpec {
  name: string;
  type: 'text' | 'integer' | 'double' | 'boolean' | 'date' | 'timestamp';
  sensitivity: 'public' | 'internal' | 'personal';
  class: 'unconditional' | 'conditional' | 'withheld';
  forms: Form[];
  mask: Mask | null;
}
export type Mask =
  | { kind: 'text'; keepStart: number; keepEnd: number }
  | { kind: 'round'; step: number }
  | { kind: 'date'; to: 'year' | 'month' };

export interface LayerSpec {
  id: string;
  set: SetName;
  srid: number;
  kind: 'base' | 'thematic';
  owner: string;
  sharingClass: 'unconditional' | 'conditional' | 'withheld';
  confirmed: boolean;
  disclosure: 'proactive' | 'on_request' | 'none';
  discoverable: boolean;
  level: 'public' | 'internal' | 'sensitive';
  fields: FieldSpec[];
  salt: string;
  /** Its features as they are, or of another world, which differs in what nobody but the owner is shown. */
  truth: 'this' | 'other values' | 'other places';
}

/** A row filter, as the platform takes it and as the SQL that says the same. */
export interface Rows {
  cql: unknown;
  sql: string;
}

export interface Content {
  actions: Action[];
  fields: { name: string; form: Form }[] | null;
  rows: Rows | null;
  area: string | null;
  jurisdiction: boolean;
  maxZoom: number | null;
  precision: Precision | null;
  /** Requests a day: more than anybody makes here. */
  quota: number | null;
}
export type SubjectKind = 'public' | 'any_organisation' | 'organisation' | 'subtree' | 'line' | 'role' | 'person' | 'key';
export interface Subject {
  kind: SubjectKind;
  id: string | null;
}
export type State = 'live' | 'expired' | 'future' | 'revoked' | 'unsigned';
export interface GrantSpec extends Content {
  layer: string;
  subject: Subject;
  state: State;
  kind: 'single' | 'base' | 'theme' | 'pair' | 'emergency';
}

export interface OrganisationSpec {
  id: string;
  kind: 'city' | 'authority' | 'department' | 'district';
  parent: string | null;
  division: string | null;
  line: string | null;
}

/**
 * What became of the person who answers for a key: the account is disabled, has another office, another password, or no data office any
 * more; or it came back from another office, or to its role.
 */
export type Gone = 'left' | 'moved' | 'changed' | 'demoted' | 'returned' | 'restored';

export interface CallerSpec {
  name: string;
  organisation: string | null;
  roles: string[];
  /** Null: not a person. */
  person: string | null;
  key: { id: string; scope: string[] | null; secret: string } | null;
  /** What it shows instead of the key's secret: a client certificate, as the proxy passes it on. */
  certificate?: string;
  /** Networks that the key is bound to; absent: none. */
  networks?: string[];
  /** What keeps the credential from counting: the credential's own end, or what became of the person behind it. */
  dead: 'expired' | 'revoked' | 'disabled' | 'unconfirmed' | Gone | null;
}

export interface Row {
  fid: number;
  geometry: Geometry | null;
  name: string | null;
  holder: string | null;
  size: number | null;
  count: number | null;
  day: string | null;
  at: string | null;
  grade: string | null;
  flag: boolean | null;
  secret: string | null;
}
export type FieldName = Exclude<keyof Row, 'fid' | 'geometry'>;

export interface World {
  organisations: OrganisationSpec[];
  layers: LayerSpec[];
  grants: GrantSpec[];
  callers: CallerSpec[];
  areas: Map<string, { id: string; division: string | null; geometry: Geometry }>;
  rows: Record<SetName, Row[]>;
}

export const edition = '2026';

/** The day so many days from now. */
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A generator of numbers from 0 to 1 that gives the same ones for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const id = (text: string) => {
  const h = createHash('sha256').update(text).digest('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`;
};

// --- the ground: about 8 by 7 kilometres, in three districts ---

const west = 106.5;
const south = 29.5;
export const centre: Position = [106.54, 29.53];
const ring = (...positions: Position[]): Geometry => ({ type: 'MultiPolygon', coordinates: [[[...positions, positions[0]!]]] });

const areas: World['areas'] = new Map(
  (
    [
      ['west', '510001', ring([106.49, 29.49], [106.538, 29.49], [106.545, 29.55], [106.49, 29.55])],
      ['east', '510002', ring([106.538, 29.49], [106.6, 29.49], [106.6, 29.55], [106.545, 29.55])],
      ['north', '510003', ring([106.49, 29.55], [106.545, 29.55], [106.6, 29.55], [106.6, 29.58], [106.49, 29.58])],
      ['middle', null, ring([106.52, 29.515], [106.56, 29.512], [106.562, 29.548], [106.521, 29.545])],
      ['corner', null, ring([106.5, 29.5], [106.53, 29.5], [106.5, 29.53])],
    ] as [string, string | null, Geometry][]
  ).map(([name, division, geometry]) => [name, { id: id(`area ${name}`), division, geometry }]),
);

const organisations: OrganisationSpec[] = [
  { id: 'city', kind: 'city', parent: null, division: null, line: null },
  { id: 'data', kind: 'authority', parent: 'city', division: null, line: null },
  { id: 'planning', kind: 'department', parent: 'city', division: null, line: null },
  { id: 'water', kind: 'department', parent: 'city', division: null, line: null },
  { id: 'transport', kind: 'department', parent: 'city', division: null, line: null },
  { id: 'roads', kind: 'department', parent: 'transport', division: null, line: null },
  { id: 'bridges', kind: 'department', parent: 'roads', division: null, line: null },
  { id: 'west', kind: 'district', parent: 'city', division: '510001', line: null },
  { id: 'east', kind: 'district', parent: 'city', division: '510002', line: null },
  { id: 'north', kind: 'district', parent: 'city', division: '510003', line: null },
  { id: 'west-water', kind: 'department', parent: 'west', division: null, line: 'water' },
  { id: 'east-water', kind: 'department', parent: 'east', division: null, line: 'water' },
  { id: 'north-roads', kind: 'department', parent: 'north', division: null, line: 'roads' },
  { id: 'outside', kind: 'district', parent: 'city', division: '510009', line: null },
];

// --- features ---

const names = ['李家', '王府', '张湾', '赵集', '🏠号', 'O\'Neil "x"', '陈', ''];

function attributes(fid: number, random: () => number): Omit<Row, 'fid' | 'geometry'> {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const some = <T>(value: T): T | null => (random() < 0.12 ? null : value);
  const date = new Date(Date.UTC(2015 + Math.floor(random() * 10), Math.floor(random() * 12), 1 + Math.floor(random() * 28)));
  return {
    name: `${pick(names)}${fid}`,
    holder: some(`${pick(['张', '李', '欧阳', '王'])}${pick(['三', '四', '小明', ''])}`),
    size: some(Math.round(random() * 100_000) / 100),
    count: some(Math.floor(random() * 100) - 10),
    day: some(date.toISOString().slice(0, 10)),
    at: some(new Date(date.getTime() + Math.floor(random() * 86_400_000)).toISOString()),
    grade: some(pick(['A', 'B', 'C'])),
    flag: some(random() < 0.5),
    secret: some(pick(['red', 'blue', 'green'])),
  };
}

function makeRows(): World['rows'] {
  const random = seeded(4);
  const place = (): Position => [west + random() * 0.08, south + random() * 0.065];
  const shapes: Record<SetName, (n: number) => Geometry | null> = {
    point: () => ({ type: 'Point', coordinates: place() }),
    line: () => {
      let at = place();
      const line = [at];
      for (let k = 1 + Math.floor(random() * 4); k > 0; k--) {
        at = [at[0] + (random() - 0.5) * 0.02, at[1] + (random() - 0.5) * 0.02];
        line.push(at);
      }
      return { type: 'MultiLineString', coordinates: [line] };
    },
    polygon: (n) => {
      // Some share a border with a district and lie beside it; some are smaller than any cell.
      if (n === 0) return ring([106.538, 29.49], [106.545, 29.55], [106.55, 29.53]);
      if (n === 1) return ring([106.545, 29.55], [106.6, 29.55], [106.57, 29.555]);
      const [x, y] = place();
      const radius = n % 6 === 5 ? 0.00005 : 0.0008 + random() * 0.006;
      const corners = Array.from({ length: 6 }, (_, k): Position => {
        const r = radius * (0.6 + 0.4 * random());
        return [x + r * Math.cos((k * Math.PI) / 3), y + r * 0.87 * Math.sin((k * Math.PI) / 3)];
      });
      return ring(...corners);
    },
  };
  const round = (c: unknown): unknown => (Array.isArray(c) ? c.map(round) : Number((c as number).toFixed(7)));
  const make = (set: SetName, n: number): Row[] =>
    Array.from({ length: n }, (_, i) => {
      const geometry = i === n - 1 ? null : shapes[set](i);
      return {
        fid: i + 1,
        geometry: geometry && { ...geometry, coordinates: round(geometry.coordinates) },
        ...attributes(i + 1, random),
      };
    });
  return { point: make('point', 70), line: make('line', 45), polygon: make('polygon', 60) };
}

// --- fields: what every layer has, under three sets of rules ---

type Rule = Omit<FieldSpec, 'name' | 'type'>;
const types = {
  name: 'text',
  holder: 'text',
  size: 'double',
  count: 'integer',
  day: 'date',
  at: 'timestamp',
  grade: 'text',
  flag: 'boolean',
  secret: 'text',
} as const satisfies Record<FieldName, FieldSpec['type']>;
export const fieldNames = Object.keys(types) as FieldName[];

const fieldsWith = (rule: Rule) => (Object.keys(types) as FieldName[]).map((name) => [name, rule]);
const open: Rule = { sensitivity: 'public', class: 'unconditional', forms: ['value'], mask: null };
const stars: Mask = { kind: 'text', keepStart: 1, keepEnd: 0 };
type Profile = 'open' | 'mixed' | 'strict' | 'named';
export const profiles: Record<Profile, Record<FieldName, Rule>> = {
  open: { name: open, holder: open, size: open, count: open, day: open, at: open, grade: open, flag: open, secret: open },
  mixed: {
    name: open,
    holder: { sensitivity: 'personal', class: 'conditional', forms: ['masked', 'code', 'value'], mask: stars },
    size: { ...open, sensitivity: 'internal', forms: ['value', 'masked'], mask: { kind: 'round', step: 50 } },
    count: { ...open, forms: ['masked', 'value', 'code'], mask: { kind: 'round', step: 7 } },
    day: { ...open, sensitivity: 'internal', forms: ['masked', 'value'], mask: { kind: 'date', to: 'year' } },
    at: { ...open, class: 'conditional', forms: ['value', 'masked'], mask: { kind: 'date', to: 'month' } },
    grade: { ...open, class: 'conditional' },
    flag: open,
    secret: { sensitivity: 'internal', class: 'withheld', forms: ['value'], mask: null },
  },
  // A personal field that offers its value first: still given by name only.
  named: {
    ...Object.fromEntries(fieldsWith(open)),
    holder: { sensitivity: 'personal', class: 'unconditional', forms: ['value', 'masked'], mask: stars },
  } as Record<FieldName, Rule>,
  strict: {
    name: { ...open, class: 'conditional', forms: ['value', 'masked'], mask: { kind: 'text', keepStart: 1, keepEnd: 1 } },
    holder: { sensitivity: 'personal', class: 'conditional', forms: ['code'], mask: null },
    size: { sensitivity: 'personal', class: 'conditional', forms: ['masked'], mask: { kind: 'round', step: 0.5 } },
    count: { sensitivity: 'internal', class: 'conditional', forms: ['code'], mask: null },
    day: { ...open, class: 'conditional', forms: ['masked'], mask: { kind: 'date', to: 'month' } },
    at: { ...open, class: 'conditional', forms: ['masked'], mask: { kind: 'date', to: 'year' } },
    grade: { ...open, sensitivity: 'internal' },
    flag: open,
    secret: { sensitivity: 'internal', class: 'conditional', forms: [], mask: null },
  },
};
const fieldsOf = (profile: keyof typeof profiles): FieldSpec[] =>
  fieldNames.map((name) => ({ name, type: types[name], ...profiles[profile][name] }));

// --- layers ---

export type LayerWish = Partial<Omit<LayerSpec, 'fields'>> & { profile: keyof typeof profiles };
const sets: SetName[] = ['point', 'line', 'polygon'];
const owners = ['planning', 'water', 'roads', 'west'];

/** The n-th layer: sets, reference systems and owners take turns. */
export function makeLayer(id: string, n: number, { profile, ...wish }: LayerWish): LayerSpec {
  return {
    id,
    set: sets[n % 3]!,
    srid: [4490, 4490, 4545, 3857][n % 4]!,
    kind: 'thematic',
    owner: owners[n % owners.length]!,
    sharingClass: 'conditional',
    confirmed: false,
    disclosure: 'on_request',
    discoverable: true,
    level: 'public',
    fields: fieldsOf(profile),
    salt: createHash('sha256').update(`salt of ${id}`).digest('hex').slice(0, 32),
    truth: 'this',
    ...wish,
  };
}

function makeLayers(): LayerSpec[] {
  const wishes: LayerWish[] = [];
  const profilesOf = ['open', 'mixed', 'strict'] as const;
  // Base and disclosed layers; then closed ones of each class, level and discoverability.
  for (const profile of profilesOf) {
    wishes.push({ profile, kind: 'base', sharingClass: 'unconditional', disclosure: 'proactive' });
    wishes.push({ profile, kind: 'base', sharingClass: 'unconditional', disclosure: 'none' });
    wishes.push({ profile, sharingClass: 'unconditional', disclosure: 'proactive' });
    wishes.push({ profile, sharingClass: 'unconditional' });
    wishes.push({ profile, discoverable: false });
    wishes.push({ profile, discoverable: false, disclosure: 'none', level: 'sensitive' });
    wishes.push({ profile, level: 'internal' });
    wishes.push({ profile, level: 'sensitive' });
    wishes.push({ profile, disclosure: 'none' });
  }
  wishes.push({ profile: 'mixed', sharingClass: 'withheld', confirmed: true });
  wishes.push({ profile: 'mixed', sharingClass: 'withheld', confirmed: true, disclosure: 'proactive', discoverable: false });
  wishes.push({ profile: 'mixed', sharingClass: 'withheld', confirmed: false });
  wishes.push({ profile: 'open', sharingClass: 'withheld', confirmed: false, discoverable: false });
  // Everybody is given the same here but for one thing: nobody may have what was kept for another.
  for (let n = 0; n < 3; n++) wishes.push({ profile: 'named', id: `twins${n}_named`, owner: 'planning' });
  // The three sets must meet every profile: the step is coprime to three and four.
  return wishes.map((wish, i) => makeLayer(`l${String(i).padStart(2, '0')}_${wish.profile}`, i * 5 + Math.floor(i / 9), wish));
}

// --- callers ---

/** A certificate of its own, as a proxy writes it into a header. */
function makeCertificate(name: string): string {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '/dev/null'];
  return encodeURIComponent(
    execFileSync('openssl', ['req', '-x509', ...key, '-days', '9', '-subj', `/CN=${name}`], { encoding: 'utf8', stdio: 'pipe' }),
  );
}

/** Where the key that is bound to a network comes from. */
export const network = { cidr: '203.0.113.0/24', within: '203.0.113.7', elsewhere: '198.51.100.7' };

function makeCallers(layers: readonly LayerSpec[]): CallerSpec[] {
  const person = (name: string, organisation: string, roles: string[], dead: CallerSpec['dead'] = null): CallerSpec => ({
    name,
    organisation,
    roles,
    person: name,
    key: null,
    dead,
  });
  const key = (name: string, organisation: string, scope: string[] | null, dead: CallerSpec['dead'] = null): CallerSpec => ({
    name,
    organisation,
    roles: [],
    person: null,
    key: { id: id(`key ${name}`), scope, secret: `yt_${createHash('sha256').update(name).digest('base64url').slice(0, 32)}` },
    dead,
  });
  const system = (...named: Parameters<typeof key>): CallerSpec => ({ ...key(...named), certificate: makeCertificate(named[0]) });
  const some = (n: number, of: number) => layers.filter((_, i) => i % of === n).map((l) => l.id);
  return [
    { name: 'anonymous', organisation: null, roles: [], person: null, key: null, dead: null },
    ...organisations.filter((o) => o.id !== 'city').flatMap((o) => [person(`planner-${o.id}`, o.id, ['planner'])]),
    ...['planning', 'water', 'roads', 'west', 'transport'].map((o) => person(`steward-${o}`, o, ['planner', 'steward'])),
    ...['planning', 'east'].map((o) => person(`orgadmin-${o}`, o, ['org_admin'])),
    person('admin', 'data', ['admin']),
    person('security', 'data', ['security']),
    person('auditor', 'data', ['auditor']),
    person('nobody', 'data', []),
    person('second-transport', 'transport', ['planner']),
    person('disabled', 'planning', ['planner', 'steward'], 'disabled'),
    person('gone', 'planning', ['steward'], 'expired'),
    person('unconfirmed', 'planning', ['planner', 'steward'], 'unconfirmed'),
    key('key-transport', 'transport', null),
    key('key-transport-some', 'transport', some(0, 2)),
    key('key-transport-none', 'transport', []),
    key('key-bridges', 'bridges', null),
    key('key-east-water', 'east-water', some(1, 2)),
    key('key-planning', 'planning', null),
    key('key-water-some', 'water', some(0, 3)),
    key('key-west', 'west', null),
    key('key-outside', 'outside', null),
    key('key-data', 'data', some(2, 3)),
    key('key-expired', 'planning', null, 'expired'),
    key('key-revoked', 'planning', null, 'revoked'),
    ...(['left', 'moved', 'changed', 'demoted', 'returned', 'restored'] as const).map((gone) =>
      key(`key-${gone}`, 'planning', null, gone),
    ),
    { ...key('key-networked', 'planning', null), networks: [network.cidr] },
    system('certificate-transport', 'transport', null),
    system('certificate-east', 'east', some(1, 3)),
    system('certificate-revoked', 'planning', null, 'revoked'),
  ];
}

// --- grants ---

export const all: Action[] = ['view', 'query', 'download', 'api', 'analyse', 'verify'];
const given = (...named: [FieldName, Form][]) => named.map(([name, form]) => ({ name, form }));
export const rowFilters: Rows[] = [
  { cql: { op: '=', args: [{ property: 'grade' }, 'A'] }, sql: `t.grade = 'A'` },
  { cql: { op: '>=', args: [{ property: 'count' }, 30] }, sql: 't.count >= 30' },
  { cql: { op: 'not', args: [{ op: '=', args: [{ property: 'grade' }, 'B'] }] }, sql: `not (t.grade = 'B')` },
  { cql: { op: '=', args: [{ property: 'secret' }, 'red'] }, sql: `t.secret = 'red'` },
  { cql: { op: 'like', args: [{ property: 'holder' }, '张%'] }, sql: `t.holder like '张%'` },
  {
    cql: {
      op: 'or',
      args: [
        { op: '<', args: [{ property: 'size' }, 300] },
        { op: '=', args: [{ property: 'flag' }, true] },
      ],
    },
    sql: '(t.size < 300 or t.flag)',
  },
];
const plain: Content = {
  actions: all,
  fields: null,
  rows: null,
  area: null,
  jurisdiction: false,
  maxZoom: null,
  precision: null,
  quota: null,
};
export const precisions: Precision[] = [
  { kind: 'grid', metres: 150 },
  { kind: 'cell', metres: 400 },
  { kind: 'point', metres: 250 },
  { kind: 'grid', metres: 20 },
];
/** What grants give: alone and together everything that a grant can say. */
export const contents: Content[] = [
  plain,
  { ...plain, fields: given(['name', 'value'], ['holder', 'masked'], ['count', 'code']) },
  { ...plain, area: 'west' },
  { ...plain, rows: rowFilters[0]!, quota: 1_000_000 },
  { ...plain, precision: precisions[0]! },
  { ...plain, maxZoom: 11 },
  { ...plain, actions: ['view', 'api'], fields: given(['name', 'value'], ['size', 'masked']), quota: 1_000_000 },
  {
    ...plain,
    actions: ['query', 'api'],
    area: 'middle',
    fields: given(['holder', 'code'], ['grade', 'value'], ['day', 'masked']),
  },
  { ...plain, jurisdiction: true, fields: given(['name', 'masked'], ['holder', 'value'], ['size', 'value'], ['flag', 'value']) },
  { ...plain, rows: rowFilters[3]!, area: 'east', precision: precisions[1]! },
  { ...plain, actions: ['discover'] },
  { ...plain, precision: precisions[2]!, fields: given(['count', 'masked'], ['at', 'masked']) },
  { ...plain, rows: rowFilters[4]!, maxZoom: 14, fields: given(['name', 'value'], ['holder', 'masked']) },
  { ...plain, area: 'corner', actions: ['view', 'query'] },
  { ...plain, area: 'middle', precision: precisions[3]!, maxZoom: 12, rows: rowFilters[2]! },
  { ...plain, actions: ['download', 'api'], rows: rowFilters[1]! },
  { ...plain, fields: [] },
  { ...plain, rows: rowFilters[5]!, jurisdiction: true, precision: precisions[0]! },
  { ...plain, actions: ['analyse', 'verify'] },
  {
    ...plain,
    fields: given(['holder', 'value'], ['secret', 'value'], ['name', 'value'], ['count', 'value'], ['size', 'value']),
    area: 'north',
  },
  { ...plain, actions: ['embed', 'view'], maxZoom: 10, area: 'east' },
];
export const subjects: Subject[] = [
  { kind: 'organisation', id: 'transport' },
  { kind: 'public', id: null },
  { kind: 'subtree', id: 'transport' },
  { kind: 'line', id: 'water' },
  { kind: 'any_organisation', id: null },
  { kind: 'person', id: 'second-transport' },
  { kind: 'role', id: 'planner' },
  { kind: 'organisation', id: 'east-water' },
  { kind: 'role', id: 'auditor' },
  { kind: 'key', id: 'key-transport' },
  { kind: 'subtree', id: 'city' },
  { kind: 'role', id: 'steward@transport' },
  { kind: 'organisation', id: 'data' },
  { kind: 'subtree', id: 'east' },
  { kind: 'key', id: 'key-outside' },
  { kind: 'organisation', id: 'water' },
  { kind: 'person', id: 'security' },
];
const states: State[] = ['live', 'live', 'live', 'expired', 'live', 'future', 'live', 'revoked', 'live', 'live', 'unsigned'];

/** Whom `key:<name>` means in the database. */
export const subjectId = ({ kind, id: name }: Subject): string | null => (kind === 'key' ? id(`key ${name}`) : name);

const twins: [organisation: string, content: Partial<Content>][] = [
  ['transport', {}],
  ['data', { precision: precisions[0]! }],
  ['west-water', { area: 'west' }],
  ['outside', { rows: rowFilters[0]! }],
  ['east', { maxZoom: 11 }],
  ['bridges', { fields: given(['name', 'value'], ['count', 'value']) }],
  // The very same, but for a quota.
  ['west', { quota: 1_000_000 }],
  ['north', { fields: given(...fieldNames.map((name): [FieldName, Form] => [name, 'value'])) }],
];

function makeGrants(layers: readonly LayerSpec[]): GrantSpec[] {
  const grants: GrantSpec[] = [];
  layers.forEach((l, i) => {
    if (l.id.startsWith('twins')) {
      for (const [organisation, content] of twins)
        grants.push({
          ...plain,
          ...content,
          subject: { kind: 'organisation', id: organisation },
          layer: l.id,
          state: 'live',
          kind: 'single',
        });
      return;
    }
    for (let j = 0; j < 6; j++) {
      const state = states[(i * 2 + j * 3) % states.length]!;
      grants.push({
        ...contents[(i * 5 + j * 8) % contents.length]!,
        subject: subjects[(i * 3 + j * 5) % subjects.length]!,
        layer: l.id,
        state,
        kind: state === 'unsigned' ? 'pair' : (['single', 'base', 'theme', 'pair', 'emergency'] as const)[(i + j) % 5]!,
      });
    }
  });
  return grants;
}

/** The fixed part of the world. */
export function makeWorld(): World {
  const layers = makeLayers();
  return { organisations, layers, grants: makeGrants(layers), callers: makeCallers(layers), areas, rows: makeRows() };
}

// --- into the database ---

const sqlTypes = {
  text: 'text',
  integer: 'integer',
  double: 'double precision',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamptz',
};
const geometryTypes = { point: 'Point', line: 'MultiLineString', polygon: 'MultiPolygon' };
export const tableOf = (l: LayerSpec) => `${l.kind === 'base' ? 'base' : `org_${l.owner.replaceAll('-', '_')}`}."${l.id}"`;
/** A geometry in longitude and latitude as a layer stores it. */
export const stored = (lonlat: string, srid: number) =>
  srid === 4490 ? `st_setsrid(${lonlat}, 4490)` : `st_transform(st_setsrid(${lonlat}, 4326), ${srid})`;
/** A stored geometry in longitude and latitude. */
export const lonlat = (geom: string, srid: number) =>
  srid === 4490 ? `st_setsrid(${geom}, 4326)` : `st_transform(${geom}, 4326)`;

/** A row of the layer's world: in another one, what is masked, hidden or made coarse is different, and nothing else. */
export function rowOf(layer: LayerSpec, row: Row): Row {
  if (layer.truth === 'other places') return { ...row, geometry: row.geometry && elsewhereInItsCell(row.geometry) };
  if (layer.truth === 'this') return row;
  const within = (value: number, step: number, by: number) => {
    const below = Math.floor(value / step) * step;
    return below + ((value - below + by) % step);
  };
  const letters = [...(row.holder ?? '')];
  return {
    ...row,
    secret: row.secret === null ? 'red' : null,
    holder: letters.length > 1 ? `${letters[0]}别人` : row.holder,
    size: row.size && Math.round(within(row.size, 50, 17.25) * 100) / 100,
    count: row.count && within(row.count, 7, 3),
    day: row.day && `${row.day.slice(0, 5)}06-15`,
    at: row.at && `${row.at.slice(0, 8)}11T11:11:11.000Z`,
  };
}

const circumference = 40_075_016.685578488;
/** The finest that the layers of two worlds are shown at, in metres. */
export const finest = 150;

/** Another place for a point, in the same cell of the finest precision. */
function elsewhereInItsCell({ type, coordinates: [lon, lat] }: Geometry): Geometry {
  const side = circumference / 2 ** Math.floor(Math.log2((circumference * Math.cos((lat * Math.PI) / 180)) / finest));
  const scale = circumference / 360;
  const mercator = (degrees: number) => (Math.log(Math.tan(((90 + degrees) * Math.PI) / 360)) * 180) / Math.PI;
  const moved = (at: number) => {
    const corner = Math.floor((at * scale) / side) * side;
    return (corner + ((at * scale - corner + side * 0.37) % side)) / scale;
  };
  const y = moved(mercator(lat));
  return { type, coordinates: [moved(lon), (Math.atan(Math.sinh((y * Math.PI) / 180)) * 180) / Math.PI] };
}

/** Writes the world into a database that holds the platform's tables and nothing else. */
export async function writeWorld(query: Query, world: World, secrets: Map<string, string>): Promise<void> {
  for (const o of world.organisations)
    await query(
      'insert into yutu.organisation (id, kind, parent, title_zh, title_en, division, line) values ($1, $2, $3, $1, $1, $4, $5) on conflict (id) do nothing',
      [o.id, o.kind, o.parent, o.division, o.line],
    );
  for (const { id: areaId, division, geometry } of world.areas.values()) {
    const made = `st_setsrid(st_geomfromgeojson('${JSON.stringify(geometry)}'), 4490)`;
    await query(
      `insert into yutu.area (id, hash, divisions, division_edition, label_zh, label_en, area_km2, geom)
       select $1::uuid, encode(sha256(st_asbinary(g)), 'hex'), $2::text[], $3, 'x', 'x', 1, g from (select ${made} as g) s`,
      [areaId, division && [division], division && edition],
    );
    if (division)
      await query(
        `insert into yutu.division (code, edition, name_zh, name_en, geom) values ($1, $2, $1, $1, ${made}) on conflict do nothing`,
        [division, edition],
      );
  }
  await writePeople(query, world, secrets);
  for (const [position, l] of world.layers.entries()) await writeLayer(query, world, l, position);
  for (const [i, g] of world.grants.entries()) await writeGrant(query, world, g, grantId(i));
}

const hash = (secret: string) => `sha256:${createHash('sha256').update(secret).digest('hex')}`;

/** Whoever answers for a key or certificate: a steward of the organisation, or what has become of one. */
async function writeHolder(query: Query, { name, organisation, dead }: CallerSpec): Promise<string> {
  const holder = `keeper-${name}`;
  await query(
    `insert into yutu.account (username, name_zh, name_en, organisation, roles, password_hash, confirmed_at) values ($1, $1, $1, $2, $3::text[], 'none', now())`,
    [holder, organisation, dead === 'demoted' ? ['planner'] : ['steward']],
  );
  const became: Partial<Record<Gone, string[]>> = {
    left: ['disabled = true'],
    moved: [`organisation = 'water'`],
    changed: [`password_hash = 'other'`],
    returned: [`organisation = 'water'`, `organisation = '${organisation}'`],
    restored: [`roles = '{planner}'`, `roles = '{steward}'`],
  };
  for (const change of became[dead as Gone] ?? []) await query(`update yutu.account set ${change} where username = $1`, [holder]);
  // Without the new stamp: each is found out by itself.
  if (dead === 'left' || dead === 'moved')
    await query('update yutu.account set security_stamp = 0 where username = $1', [holder]);
  return holder;
}

async function writePeople(query: Query, world: World, secrets: Map<string, string>): Promise<void> {
  for (const c of world.callers) {
    if (c.person) {
      await query(
        `insert into yutu.account (username, name_zh, name_en, organisation, roles, password_hash, disabled, confirmed_at)
         values ($1, $1, $1, $2, $3::text[], 'none', $4, ${c.dead === 'unconfirmed' ? 'null' : 'now()'})`,
        [c.person, c.organisation, c.roles, c.dead === 'disabled'],
      );
      const token = randomUUID();
      secrets.set(c.name, token);
      await query(
        `insert into yutu.session (hash, username, expires_at) values ($1, $2, now() + interval '${c.dead === 'expired' ? '-1 hour' : '1 day'}')`,
        [hash(token), c.person],
      );
    } else if (c.certificate && c.key) {
      const { fingerprint256 } = new X509Certificate(decodeURIComponent(c.certificate));
      await query(
        `insert into yutu.certificate (id, name, organisation, fingerprint, created_by, holder, layers, until, revoked_at)
         values ($1::uuid, $2, $3, $4, 'test', $7, $5::text[], $6::date, ${c.dead === 'revoked' ? 'now()' : 'null'})`,
        [
          c.key.id,
          c.name,
          c.organisation,
          `sha256:${fingerprint256.replaceAll(':', '').toLowerCase()}`,
          c.key.scope,
          day(9),
          await writeHolder(query, c),
        ],
      );
    } else if (c.key) {
      await query(
        `insert into yutu.api_key (id, name, prefix, hash, organisation, created_by, holder, networks, layers, until, revoked_at)
         values ($1::uuid, $2, $3, $4, $5, 'test', $8, $9::text[], $6::text[], $7::date, ${c.dead === 'revoked' ? 'now()' : 'null'})`,
        [
          c.key.id,
          c.name,
          c.key.secret.slice(0, 7),
          hash(c.key.secret),
          c.organisation,
          c.key.scope,
          c.dead === 'expired' ? day(-2) : day(9),
          await writeHolder(query, c),
          c.networks ?? null,
        ],
      );
    }
  }
}

async function writeLayer(query: Query, world: World, l: LayerSpec, position: number): Promise<void> {
  const [schema, table] = tableOf(l).replaceAll('"', '').split('.') as [string, string];
  await query(
    `insert into yutu.layer (id, position, title_zh, title_en, kind, theme, owner, sharing_class, ground_zh, disclosure, discoverable,
       security_level, update_frequency, geometry_type, srid, search_fields, style, zooms, policy, schema_name, table_name, version,
       code_salt, withheld_confirmed_at)
     values ($1, $2, $1, $1, $3, 'test', $4, $5, 'law', $6, $7, $8, 'yearly', $9, $10, '{name,holder}',
       '{"role":"thematic","type":"categories","color":"cat-1","field":"grade","label":"name","classes":[]}', '{"min":0,"max":16}',
       '{"actions":["view","query","api","download"],"maxMonths":12,"answerDays":10,"letterRequired":false,"conditionZh":null,"conditionEn":null}',
       $11, $12, 1, $13, ${l.confirmed ? 'now()' : 'null'})`,
    [
      l.id,
      position,
      l.kind,
      l.owner,
      l.sharingClass,
      l.disclosure,
      l.discoverable,
      l.level,
      l.set,
      l.srid,
      schema,
      table,
      l.salt,
    ],
  );
  await query(
    `insert into yutu.field (layer, position, name, title_zh, title_en, type, sensitivity, class, forms, mask, code_system)
     select $1, f.position, f.name, f.name, f.name, f.type, f.sensitivity, f.class, f.forms, f.mask, 'codes of ' || f.name
     from jsonb_to_recordset($2::jsonb) as f(position int, name text, type text, sensitivity text, class text, forms text[], mask jsonb)`,
    [l.id, JSON.stringify(l.fields.map((f, i) => ({ ...f, position: i })))],
  );
  await query(`create schema if not exists ${schema}`);
  await query('select yutu.make_change_table($1)', [schema]);
  const columns = l.fields.map((f) => `"${f.name}" ${sqlTypes[f.type]}`).join(', ');
  await query(
    `create table ${tableOf(l)} (fid bigint generated always as identity primary key, geom geometry(${geometryTypes[l.set]}, ${l.srid}), ${columns})`,
  );
  const rows = world.rows[l.set].map((row) => rowOf(l, row));
  const list = fieldNames.map((n) => `"${n}"`).join(', ');
  await query(
    `insert into ${tableOf(l)} (fid, geom, ${list}) overriding system value
     select r.fid, ${stored('st_geomfromgeojson(r.geometry::text)', l.srid)}, ${list}
     from jsonb_to_recordset($1::jsonb) as r(fid bigint, geometry jsonb, ${fieldNames.map((n) => `"${n}" ${sqlTypes[types[n]]}`).join(', ')})`,
    [JSON.stringify(rows)],
  );
  await query(`create index on ${tableOf(l)} using gist (geom)`);
  await query(
    `update yutu.layer set feature_count = s.n, extent = array[st_xmin(s.b), st_ymin(s.b), st_xmax(s.b), st_ymax(s.b)]
     from (select count(*) as n, st_extent(${lonlat('geom', l.srid)}) as b from ${tableOf(l)}) s where id = $1`,
    [l.id],
  );
}

const terms: Record<State, [from: number, until: number]> = {
  live: [-10, 10],
  expired: [-20, -2],
  future: [3, 20],
  revoked: [-10, 10],
  unsigned: [-10, 10],
};

/** The id of the n-th grant of a world. */
export const grantId = (n: number): string => id(`grant ${n}`);

async function writeGrant(query: Query, world: World, g: GrantSpec, grant: string): Promise<void> {
  // To a person it is in their organisation.
  const grantee =
    g.subject.kind === 'organisation'
      ? g.subject.id
      : g.subject.kind === 'person'
        ? (world.callers.find(({ person }) => person === g.subject.id)?.organisation ?? null)
        : null;
  const [from, until] = terms[g.state];
  await query(
    `insert into yutu.sharing_grant (id, layer, grantee, actions, fields, rows, area, from_date, until_date, granted_by, revoked_at,
       subject_kind, subject, jurisdiction, max_zoom, precision, kind, active, quota)
     values ($1::uuid, $2, $3, $4::text[], $5::jsonb, $6::jsonb, $7::uuid, $8::date, $9::date, 'test', ${g.state === 'revoked' ? 'now()' : 'null'},
       $10, $11, $12, $13, $14::jsonb, $15, $16, $17::jsonb)`,
    [
      grant,
      g.layer,
      grantee,
      g.actions,
      g.fields && JSON.stringify(g.fields),
      g.rows && JSON.stringify(g.rows.cql),
      g.area && world.areas.get(g.area)!.id,
      day(from),
      day(until),
      g.subject.kind,
      subjectId(g.subject),
      g.jurisdiction ? edition : null,
      g.maxZoom,
      g.precision && JSON.stringify(g.precision),
      g.kind,
      g.state !== 'unsigned',
      g.quota && JSON.stringify({ requestsPerDay: g.quota }),
    ],
  );
}
