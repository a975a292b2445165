import type { Organisation, Role } from '@yutu/contract';

export type { Organisation, Role, Session, User } from '@yutu/contract';

/**
 * What the server says and takes, as the viewer sees it (all under `/api`). The OpenAPI document at
 * `/api/openapi.json` is the full description; these are the shapes the screens use.
 *
 *   GET    instance                           Instance
 *   GET    collections                        { collections: Collection[] }    (OGC, with `yutu` beside the standard's members)
 *   GET    collections/{id}                   Collection
 *   GET    collections/{id}/items?…           GeoJSON FeatureCollection with numberMatched, numberReturned, links(next)
 *   GET    collections/{id}/items/{fid}       GeoJSON Feature
 *   GET    collections/{id}/tiles/WebMercatorQuad/{z}/{y}/{x}   MVT, layer name = collection id, feature id = item id
 *   GET    collections/{id}/export?f=geojson  file, or a Problem saying why not
 *   GET    collections/{id}/usage             { usage: UsageRow[] }            who has seen my data (owner's steward, auditor)
 *   GET    divisions                          { divisions: Division[] }
 *   GET    organisations                      { organisations: Organisation[] }
 *   GET    search?q=                          { results: SearchResult[] }
 *   GET    requests?box=mine|inbox            { requests: ShareRequest[] }
 *   POST   requests                           RequestInput → 201 ShareRequest
 *   GET    requests/{id}                      ShareRequest
 *   PATCH  requests/{id}                      Partial<RequestInput> & { status?: 'submitted' | 'withdrawn' } → ShareRequest
 *   POST   requests/{id}/decision             DecisionInput → ShareRequest; 409 when decided already
 *   GET    grants[?layer=]                    { grants: Grant[] }
 *   DELETE grants/{id}   body {reason}        Grant
 *   POST   grants                             ShareInput → 201 { grants, agreement }
 *   GET    agreements · POST agreements/{id}/sign · /confirm · /review {text} · /end {reason}
 *   GET    access/explain?layer=&caller=      Explanation
 *   POST   access/preview {layer, as, request?, grant?}   PreviewToken; then `?preview=` on the layer's addresses
 *   GET    governance/extraction              { extraction: ExtractionRow[] }     how much each organisation has drawn
 *   POST   governance/extraction/lift         { layer, organisation, reason }     204
 *   GET    audit?layer=&action=&before=&limit= { entries: AuditEntry[], next: number | null }
 *   GET    events                             SSE, see ServerEvent
 *
 * Errors are application/problem+json (Problem). Dates are `YYYY-MM-DD`, times ISO 8601 with offset.
 */

export type Action = 'discover' | 'view' | 'query' | 'download' | 'api' | 'edit' | 'analyse' | 'verify' | 'embed';
export type SharingClass = 'unconditional' | 'conditional' | 'withheld';
/** `masked`: what the field's mask leaves of the value; `code`: a de-identified code stands in for it. */
export type FieldForm = 'value' | 'masked' | 'code';
export type FieldMask =
  | { kind: 'text'; keepStart: number; keepEnd: number }
  | { kind: 'round'; step: number }
  | { kind: 'date'; to: 'year' | 'month' };

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string; // stable, e.g. not_granted, layer_withheld, parameter_invalid, already_decided
  detail: string; // a plain sentence in the language of Accept-Language
  parameter?: string;
  allowed?: unknown;
}

export interface Instance {
  brandZh: string; // 渝图
  brandEn: string;
  taglineZh: string;
  taglineEn: string;
  cityZh: string;
  cityEn: string;
  home: [number, number, number, number]; // lon/lat bbox of the city
  demo: boolean;
  oidc: { name: string } | null; // the service at which people may sign in, too
  demoAccounts: {
    username: string;
    password: string;
    nameZh: string;
    nameEn: string;
    organisationZh: string;
    organisationEn: string;
    role: Role;
  }[]; // empty unless demo
  themes: { code: string; titleZh: string; titleEn: string }[]; // in display order
  matters: { code: string; titleZh: string; titleEn: string }[]; // business matters (事项) a request may cite
  refusalReasons: { code: string; titleZh: string; titleEn: string }[];
  noticeZh: string; // for the status bar while there is no approval number: 政务内部使用，不得公开
  noticeEn: string;
  approvalNumber: string | null; // 审图号
}

export interface Division {
  code: string;
  nameZh: string;
  nameEn: string | null;
  level: 'district';
  bbox: [number, number, number, number];
  areaKm2: number;
}

export interface Field {
  name: string;
  titleZh: string;
  titleEn: string;
  type: 'text' | 'integer' | 'bigint' | 'double' | 'boolean' | 'date' | 'timestamp';
  unit: string | null;
  codes: { value: string; labelZh: string; labelEn: string }[] | null;
  codeSystem?: string | null; // what the codes are of, e.g. GB/T 21010-2017
  sensitivity: 'public' | 'internal' | 'personal';
  class: SharingClass;
  form: FieldForm | null; // how the caller sees it; null: hidden from the caller
  offered: FieldForm[]; // forms a grant may give under the layer's policy, first = default; empty = never
  mask?: FieldMask | null; // the rule of the form `masked`
}

/** Symbology as data; the viewer turns it into MapLibre layers, in its own light and dark palette. */
export interface Symbology {
  role: 'districts' | 'townships' | 'rivers' | 'places' | 'context' | 'thematic'; // all but thematic are drawn by the base map's own rules
  type: 'single' | 'categories' | 'graduated';
  color?: string; // single: token 'cat-1'…'cat-6', 'ochre-1'…'ochre-5', 'blue-…', 'green-…', or #rrggbb
  field?: string;
  classes?: {
    value?: string;
    min?: number;
    max?: number;
    color: string;
    shape?: 'circle' | 'triangle' | 'diamond' | 'square';
    labelZh: string;
    labelEn: string;
  }[];
  unit?: string; // graduated: unit of the classes
  label?: string; // field to label features with
  minZoom?: number; // below this the layer says 放大可见
  opacity?: number;
}

/** Features by class. */
export interface Statistics {
  codeSystem: string | null; // what the values of the classes are codes of
  numberMatched: number | null; // null: fewer than atLeast, or none
  classes: {
    value: string | number | boolean | null;
    from?: number | null; // with breaks: the least value of the class; null: none
    to?: number | null;
    count: number;
  }[];
  others: number | null; // of classes that are not told apart
  atLeast: number;
}

/** What lies in a polygon: of polygons with hectares and mu, of lines with kilometres. */
export interface AreaAmount {
  squareMetres: number;
  hectares: number;
  mu: number;
  below?: true; // more than nothing, less than 0.0001 ha
}

export interface OverlayAmount extends Partial<AreaAmount> {
  features: number;
  plane?: AreaAmount; // in the plane of the zone
  kilometres?: number;
}

/** The answer to a red line laid over a layer. */
export interface Overlay {
  by: string | null;
  codeSystem: string | null; // what the values of `by` are codes of
  zone: number | null; // EPSG code of the plane areas
  polygon: AreaAmount & { plane?: AreaAmount };
  outside: AreaAmount & { plane?: AreaAmount; share: number }; // of the polygon, outside the caller's areas
  covered: number | null;
  total: OverlayAmount | null; // null: fewer features than are told of
  classes: (OverlayAmount & { value: string | number | boolean | null })[];
  other: OverlayAmount | null;
  atLeast: number;
  filtered: boolean;
  precision: { kind: string; metres: number } | null;
}

export interface AccessSummary {
  actions: Action[]; // on at least one feature
  source: 'public' | 'own' | 'grant' | 'none'; // where the rights come from
  analyseBy?: string[]; // fields that an overlay can be told by
  verifiable?: string[]; // fields that can be claimed in a check
  until: string | null; // the last day of the term, if a grant gives it
  area: {
    divisions: string[] | null;
    labelZh: string;
    labelEn: string;
    bbox: [number, number, number, number];
    geometry?: GeoJSON.MultiPolygon;
  } | null; // null = everywhere
  rows: string | null; // CQL2 JSON, as text
  rowsHidden?: true; // there is a filter, which speaks of fields the caller does not see
  grants: string[];
  maxZoom?: number | null; // tiles end here; null: as deep as the layer has them
  precision?: Precision | null; // the best of what the caller is given; null: exact
  key: string; // changes exactly when what the caller sees may change
}

export interface Collection {
  id: string;
  title: string;
  description: string;
  attribution: string | null;
  extent: { spatial: { bbox: [number, number, number, number][] } };
  links: { href: string; rel: string; type?: string; title?: string }[];
  preview?: string; // set by the viewer: the preview under which it was asked for
  yutu: {
    titleZh: string;
    titleEn: string;
    descriptionZh: string;
    descriptionEn: string;
    kind: 'base' | 'thematic';
    theme: string;
    owner: Organisation;
    sharing: {
      class: SharingClass;
      groundKind: 'law' | 'regulation' | 'state_council' | null;
      groundZh: string | null;
      groundEn: string | null;
    };
    disclosure: 'proactive' | 'on_request' | 'none';
    securityLevel: 'public' | 'internal' | 'sensitive'; // 安全级别
    updateFrequency: 'daily' | 'weekly' | 'monthly' | 'quarterly' | 'yearly' | 'irregular';
    lastUpdate: string | null;
    lastUpdateKind: 'delivery' | 'no_change' | null;
    lastEdit: string | null; // beside the update, and none
    overdueDays: number; // 0 = in time
    geometryType: 'point' | 'line' | 'polygon';
    featureCount: number | null; // null while the caller may not query
    version: number;
    approvalNumber: string | null;
    schematic: boolean; // 示意
    simulated: boolean; // 模拟数据
    sourceNote: string | null; // e.g. division codes of 2023
    fields: Field[];
    style: Symbology;
    zooms: { min: number; max: number; counts: boolean };
    policy: {
      actions: Action[];
      maxMonths: number;
      answerDays: number;
      letterRequired: boolean;
      conditionZh: string | null;
      conditionEn: string | null;
    };
    searchFields?: string[]; // fields that features are found by
    access: AccessSummary;
    request: { id: string; status: RequestStatus } | null; // the caller's organisation's newest open or answered request
  };
}

export type RequestStatus = 'draft' | 'submitted' | 'correction' | 'granted' | 'narrower' | 'refused' | 'withdrawn';

/** An area as asked or given: divisions, or a polygon (red line), or null for everywhere. */
export type AreaInput = { divisions: string[] } | { polygon: GeoJSON.Polygon | GeoJSON.MultiPolygon; name?: string } | null;

export interface Area {
  divisions: string[] | null;
  divisionYear: string | null; // version of the divisions it was frozen on
  name: string | null;
  labelZh: string; // 涪陵区、长寿区 / 红线范围 12.3 平方千米
  labelEn: string;
  areaKm2: number;
  bbox: [number, number, number, number];
  geometry: GeoJSON.MultiPolygon;
}

/** How true a position is: snapped to a grid, the cell it lies in, or one point for each feature. */
export interface Precision {
  kind: 'grid' | 'cell' | 'point';
  metres: number;
}

/** What may leave, a day and in all; what is not named is not limited. */
export interface Quota {
  requestsPerDay?: number;
  featuresPerDay?: number;
  km2PerDay?: number;
  requests?: number;
  features?: number;
  km2?: number;
}

export interface FieldAsk {
  name: string;
  form: FieldForm;
}

export interface RequestInput {
  layer: string;
  purpose?: string; // required on submission unless the layer is unconditional
  matter?: string; // code of Instance.matters
  actions?: Action[];
  fields?: FieldAsk[];
  area?: AreaInput;
  from?: string;
  until?: string;
  necessity?: string; // why a personal field's value is needed
  draft?: boolean; // keep as draft, do not submit
}

export interface Clock {
  due: string; // last day to answer
  days: number; // working days allowed
  used: number;
  left: number; // negative = overdue
  paused: boolean; // while the applicant corrects
}

/** More time to answer: one extension, that the data authority agrees to. */
export interface Extension {
  days: number;
  reason: string;
  askedBy: string;
  askedAt: string;
  agreed: boolean | null; // null: waits
  answeredBy: string | null;
  answeredAt: string | null;
  answer: string | null;
}

/** One line of asked beside allowed, for the steward. */
export interface PolicyCheck {
  item: 'area' | 'fields' | 'actions' | 'term' | 'security';
  askedZh: string;
  askedEn: string;
  allowedZh: string;
  allowedEn: string;
  ok: boolean | null; // null: the steward compares it
  excessZh: string | null; // 超 1 个
  excessEn: string | null;
}

export interface GrantInput {
  actions: Action[];
  fields: FieldAsk[];
  rows?: string | null; // CQL2 text
  area: AreaInput | { jurisdiction: true }; // jurisdiction: of each organisation its own division
  maxZoom?: number | null;
  precision?: Precision | null;
  quota?: Quota | null;
  from?: string;
  until: string;
}

export interface ShareRequest {
  id: string;
  state?: string; // for those who decide: names what is decided on
  number: string; // SQ-2026-11-0187
  status: RequestStatus;
  layer: { id: string; titleZh: string; titleEn: string; class: SharingClass; owner: Organisation };
  applicant: { nameZh: string; nameEn: string; username: string; organisation: Organisation };
  purpose: string | null;
  matter: { code: string; titleZh: string; titleEn: string } | null;
  necessity: string | null;
  actions: Action[];
  fields: FieldAsk[];
  area: Area | null;
  from: string | null;
  until: string | null;
  createdAt: string;
  submittedAt: string | null;
  clock: Clock | null;
  extension: Extension | null;
  decision: {
    outcome: 'granted' | 'narrower' | 'refused' | 'correction';
    by: string;
    byName: string;
    at: string;
    reasonCode: string | null;
    reason: string | null;
    leftOut: { actions: Action[]; fields: string[]; divisions: string[]; areaKm2: number; term: string | null } | null; // what was asked and not given
  } | null;
  grant: Grant | null;
  history: { at: string; by: string; event: string; text: string | null }[];
  can: ('edit' | 'submit' | 'withdraw' | 'decide' | 'correct' | 'extend' | 'answer_extension' | 'revoke')[]; // what the caller may do now
  // for those who may decide:
  checks?: PolicyCheck[];
  suggestion?: GrantInput; // asked, narrowed to policy
  precedents?: { organisationZh: string; organisationEn: string; matter: string | null; outcome: RequestStatus; days: number }[];
}

export interface DecisionInput {
  outcome: 'granted' | 'narrower' | 'refused' | 'correction';
  reasonCode?: string; // refused: required
  reason?: string; // refused, correction, narrower: required
  grant?: GrantInput; // narrower: required; granted: ignored (what was asked)
  seen?: string; // the request's `state` as it was shown; 409 when it has changed
}

export interface Grant {
  id: string;
  layer: { id: string; titleZh: string; titleEn: string };
  /** Whom it addresses. */
  subject: { kind: string; id: string | null; titleZh: string; titleEn: string };
  grantee: Organisation | null;
  request: string | null;
  status: 'active' | 'expired' | 'revoked' | 'moved' | 'future' | 'unsigned'; // moved: its person left the organisation
  actions: Action[];
  fields: FieldAsk[] | null; // null: every field in the form it offers first
  rows: string | null;
  rowsHidden?: true;
  area: Area | null;
  jurisdiction?: string | null; // edition of the divisions of which each organisation gets its own
  maxZoom?: number | null;
  precision?: Precision | null;
  quota?: Quota | null;
  kind?: AgreementKind | 'single';
  agreement?: string | null;
  purpose?: string | null;
  from: string;
  until: string;
  endsAt?: string | null; // ends by itself then, unless it is confirmed
  grantedBy: string;
  grantedAt: string;
  revokedAt: string | null;
  revokedReason: string | null;
  lastUsed: string | null;
  can: 'revoke'[];
}

export type AgreementKind = 'base' | 'theme' | 'pair' | 'emergency';
export type SubjectKind = 'public' | 'any_organisation' | 'organisation' | 'subtree' | 'line' | 'role' | 'person' | 'key';
export interface Subject {
  kind: SubjectKind;
  id?: string;
}

/** Sharing that nobody had to ask for. `fields` null: every field in the form it offers first. */
export interface ShareInput extends Omit<GrantInput, 'fields'> {
  layers: string[];
  kind: AgreementKind | 'single';
  subject: Subject;
  title?: string;
  reason: string;
  fields: FieldAsk[] | null;
}

/** Grants made together: a base library, a theme package, a standing pair, an emergency. */
export interface Agreement {
  id: string;
  kind: AgreementKind;
  title: string;
  reason: string;
  partyA: Organisation;
  partyB: Organisation | null;
  madeBy: string;
  madeAt: string;
  signedBy: string | null;
  signedAt: string | null;
  confirmBy: string | null; // an emergency ends then unless a second person confirms it
  confirmedBy: string | null;
  confirmedAt: string | null;
  endedAt: string | null;
  reviewDue: string | null;
  reviewedBy: string | null;
  reviewedAt: string | null;
  review: string | null;
  status: 'unsigned' | 'unconfirmed' | 'in_force' | 'review_due' | 'ended';
  grants: Grant[];
  can: ('sign' | 'confirm' | 'review' | 'end')[];
}

/** What one caller sees of one layer, in words, and where it comes from. */
export interface Explanation {
  layer: { id: string; titleZh: string; titleEn: string };
  caller: { key: string; titleZh: string; titleEn: string };
  discover: boolean;
  actions: Action[];
  paused: 'quota' | 'extraction' | 'deaf' | null;
  views: {
    source: string;
    actions: Action[];
    fields: { name: string; titleZh: string; titleEn: string; form: FieldForm }[];
    rows: string | null; // CQL2 text
    areaZh: string | null;
    areaEn: string | null;
    maxZoom: number | null;
    precision: Precision | null;
    until: string | null;
    sentenceZh: string;
    sentenceEn: string;
    grant: { id: string; by: string; byNameZh: string; byNameEn: string; at: string; reason: string | null; kind: string } | null;
    request: { id: string; number: string } | null;
  }[];
  hidden: { name: string; titleZh: string; titleEn: string }[];
  sentenceZh: string;
  sentenceEn: string;
}

export interface PreviewToken {
  token: string;
  until: string;
  sentenceZh: string;
  sentenceEn: string;
}

export interface AuditEntry {
  seq: number;
  at: string;
  actor: string | null; // username, key:…, or null for the platform
  organisation: string | null;
  action: string; // sign_in, request_submitted, decision, grant, revoke, key_created, access, import, …
  layer: string | null;
  subject: string | null; // id of the request, grant, key…
  detail: Record<string, unknown>;
  textZh: string; // the entry as a sentence
  textEn: string;
  algorithm: string;
  prev: string;
  hash: string;
}

export interface UsageRow {
  day: string;
  organisation: Organisation | null; // null = the public
  actor: string | null;
  surface: 'tiles' | 'items' | 'export' | 'search' | 'statistics' | 'analyse' | 'verify';
  via: 'session' | 'key' | 'certificate' | 'signed' | 'embed' | 'anonymous';
  grant: string | null;
  requests: number;
  features: number;
  bytes: number;
  km2: number;
}

export type ExtractionLevel = 'none' | 'alarm' | 'slow' | 'stop';

/** How much of a layer an organisation has drawn within the days of the layer's policy. */
export interface ExtractionRow {
  layer: { id: string; titleZh: string; titleEn: string; owner: string };
  organisation: Organisation;
  level: ExtractionLevel;
  rows: number;
  km2: number;
  share: number; // of the limit, the larger of features and area
  reachedAt: string | null;
  liftedAt: string | null;
  liftedBy: string | null;
  featureCount: number;
  limits: {
    rows: number | null;
    km2: number | null;
    days: number;
    alarm: number | null;
    slow: number | null;
    stop: number | null;
  } | null;
  mayLift: boolean;
}

export interface SearchResult {
  kind: 'layer' | 'division' | 'place' | 'organisation';
  id: string; // layer id, division code, `${layer}/${fid}`, organisation id
  titleZh: string;
  titleEn: string;
  subtitleZh: string;
  subtitleEn: string;
  bbox: [number, number, number, number] | null; // a place has a point bbox
  locked: boolean;
}

/** Server-sent events; `event:` is the kind, `data:` the JSON below. */
export type ServerEvent =
  | { kind: 'layer'; data: { layer: string; version: number } } // new version: reload its tiles and counts
  | { kind: 'access'; data: { layers: string[] } } // the caller's rights changed: reload those collections; none named = all
  | { kind: 'request'; data: { id: string; status: RequestStatus } } // one of mine, or in my inbox
  | { kind: 'session'; data: { ended: true } };
