import type { z } from 'zod';
import * as account from './account.js';
import * as certificates from './certificates.js';
import * as collection from './collection.js';
import * as common from './common.js';
import * as drafts from './drafts.js';
import * as events from './events.js';
import * as governance from './governance.js';
import * as platform from './platform.js';
import * as requests from './requests.js';
import * as results from './results.js';
import * as signed from './signed.js';
import * as tiles from './tiles.js';

/** Every schema of the document by its component's name. The small ones stand first: what is met first through a larger one takes over its wrapping. */
export const schemas = {
  Link: common.link,
  Problem: common.problem,
  Organisation: common.organisation,
  FieldAsk: common.fieldAsk,
  Coded: common.coded,
  Geometry: common.geometry,
  LandingPage: platform.landing,
  Conformance: platform.conformance,
  Instance: platform.instance,
  Division: platform.division,
  Divisions: platform.divisions,
  Organisations: platform.organisations,
  SearchResult: platform.searchResult,
  SearchResults: platform.searchResults,
  Field: collection.field,
  Symbology: collection.symbology,
  LayerPolicy: collection.policy,
  AccessSummary: collection.access,
  Collection: collection.collection,
  Collections: collection.collections,
  Queryables: collection.queryables,
  FeatureInput: collection.featureBody,
  FeaturePatch: collection.featureChange,
  Feature: collection.item,
  FeatureCollection: collection.items,
  ExportedCollection: collection.exported,
  Statistics: results.statistics,
  OverlayInput: results.overlayInput,
  Overlay: results.overlay,
  CheckInput: results.checkInput,
  CheckResult: results.checkResult,
  Tilesets: tiles.tilesets,
  Tileset: tiles.tileset,
  TileJSON: tiles.tilejson,
  SignatureInput: signed.signatureInput,
  SignedTiles: signed.signedTiles,
  EmbedInput: signed.embedInput,
  Embed: signed.embed,
  NewEmbed: signed.newEmbed,
  Embeds: signed.embeds,
  DraftInput: drafts.draftInput,
  Draft: drafts.draft,
  Drafts: drafts.drafts,
  Credentials: account.credentialsInput,
  User: account.user,
  Session: account.session,
  KeyInput: account.apiKeyInput,
  CertificateInput: certificates.certificateInput,
  Certificate: certificates.certificate,
  Certificates: certificates.certificates,
  KeyRotation: account.keyRotation,
  ApiKey: account.apiKey,
  NewApiKey: account.newApiKey,
  ApiKeys: account.apiKeys,
  RequestInput: requests.requestBody,
  RequestPatch: requests.requestChange,
  GrantInput: requests.grantBody,
  DecisionInput: requests.decisionBody,
  RevokeInput: requests.revokeBody,
  Area: requests.area,
  Subject: requests.subject,
  Grant: requests.grant,
  Grants: requests.grants,
  Agreement: requests.agreement,
  Agreements: requests.agreements,
  Shared: requests.shared,
  Explanation: requests.explanation,
  PreviewInput: requests.previewBody,
  Preview: requests.preview,
  ShareInput: requests.shareBody,
  SignInput: requests.signBody,
  ReviewInput: requests.reviewBody,
  Clock: requests.clock,
  PolicyCheck: requests.policyCheck,
  ShareRequest: requests.request,
  ShareRequests: requests.requests,
  AuditEntry: governance.auditEntry,
  AuditPage: governance.auditPage,
  AuditHead: governance.auditHead,
  ChainReport: governance.chainReport,
  UsageRow: governance.usageRow,
  Usage: governance.usage,
  LayerEvent: events.layerEvent,
  AccessEvent: events.accessEvent,
  RequestEvent: events.requestEvent,
  SessionEvent: events.sessionEvent,
} satisfies Record<string, z.ZodType>;

export type SchemaName = keyof typeof schemas;
/** What a schema takes or what an answer of it holds: the type of its examples. */
export type Value<N extends SchemaName> = z.input<(typeof schemas)[N]>;
