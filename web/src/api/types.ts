import type {
  Action,
  FieldAsk,
  FieldForm,
  GrantInput as Given,
  Organisation,
  Precision,
  RequestStatus,
  Role,
  SharingClass,
} from '@yutu/contract';

export type {
  Action,
  Agreement,
  Area,
  AreaInput,
  AuditEntry,
  Clock,
  DecisionInput,
  Explanation,
  Extension,
  ExtractionRow,
  FieldAsk,
  FieldForm,
  Grant,
  Organisation,
  PolicyCheck,
  Precision,
  Quota,
  RequestInput,
  RequestStatus,
  Role,
  Session,
  ShareInput,
  ShareRequest,
  SharingClass,
  SubjectInput as Subject,
  SubjectKind,
  UsableAction,
  UsageRow,
  User,
} from '@yutu/contract';

/** What a decision gives: each field by its name. */
export type GrantInput = Given & { fields: FieldAsk[] };

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
 *   GET    divisions                          { divisions: Division[] }
 *   GET    organisations                      { organisations: Organisation[] }
 *   GET    search?q=                          { results: SearchResult[] }
 *   GET    events                             SSE, see ServerEvent
 *
 * Errors are application/problem+json (Problem). Dates are `YYYY-MM-DD`, times ISO 8601 with offset.
 */

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
