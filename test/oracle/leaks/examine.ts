import { inspect, isDeepStrictEqual } from 'node:util';
import { type Answer, Caller, type Place } from '../../harness.js';
import { type AnyFeature, type Box, datasetPath, decodeAny, type TileCoord, tileAt, tileBox, tilePath } from '../../tile.js';
import type { Facts, Shown } from './facts.js';
import { hostileFilters } from './hostile.js';
import { previews, rotations, signedAddresses } from './lent.js';
import { checks, overlays, statistics } from './results.js';
import {
  asExactAsTiles,
  codeSystems,
  countingZoom,
  filterable,
  type Look,
  looksFor,
  reducible,
  refusalOf,
  type Sight,
  sightOf,
} from './rules.js';
import { near, positionsOf, sameShape } from './shape.js';
import { type Action, type CallerSpec, centre, fieldNames, type LayerSpec, network, rowOf, type World } from './world.js';

/** How the proxy in front proves that it is one (test/oracle/leaks/stage.ts). */
export const throughProxy = { 'yutu-proxy-secret': 'the-secret-of-the-proxy' };

/** A layer that there is not, as long as the names of those there are. */
const absent = (layer: LayerSpec) => `${layer.id.slice(0, -1)}0`;
const home: Box = [-180, -85, 180, 85];

/**
 * Asks the running server on one surface after the other and compares every answer with what the rules and PostGIS say it must be.
 * Differences are gathered, not thrown: one run tells them all.
 */
export class Examination {
  comparisons = 0;
  readonly findings: string[] = [];
  private readonly sights = new Map<string, Sight>();
  /** Answers that are not the caller's: their ETags must be of no use to others. */
  private readonly tags = new Map<string, { tag: string; body: string }[]>();

  constructor(
    readonly place: Place,
    readonly world: World,
    readonly facts: Facts,
    private readonly secrets: Map<string, string>,
    /** Differences after which it is pointless to go on. */
    private readonly most = 40,
  ) {}

  get over(): boolean {
    return this.findings.length >= this.most;
  }

  /** After a grant has changed: rules are asked anew. */
  forget(): void {
    this.sights.clear();
  }

  as(caller: CallerSpec): Caller {
    if (caller.certificate) return new Caller(this.place.url, { ...throughProxy, 'x-client-cert': caller.certificate });
    if (caller.key) {
      const from: Record<string, string> = caller.networks ? { 'x-forwarded-for': network.within } : {};
      return new Caller(this.place.url, { authorization: `Bearer ${caller.key.secret}`, ...from });
    }
    const token = this.secrets.get(caller.name);
    return new Caller(this.place.url, token ? { cookie: `yutu_session=${token}` } : {});
  }

  same(where: string, actual: unknown, expected: unknown): boolean {
    this.comparisons++;
    if (isDeepStrictEqual(actual, expected)) return true;
    const show = (v: unknown) =>
      inspect(v, { depth: 6, breakLength: 200, maxArrayLength: 12, maxStringLength: 300 }).slice(0, 700);
    this.findings.push(`${where}: got ${show(actual)}, expected ${show(expected)}`);
    return false;
  }

  sight(caller: CallerSpec, layer: LayerSpec): Sight {
    const name = `${caller.name}\0${layer.id}`;
    const known = this.sights.get(name) ?? sightOf(this.world, caller, layer);
    this.sights.set(name, known);
    return known;
  }

  /** Whether the answer is the refusal that is due; null when the action is allowed. */
  refused(where: string, answer: Answer, caller: CallerSpec, layer: LayerSpec, action: Action): boolean {
    const refusal = refusalOf(caller, layer, this.sight(caller, layer), action);
    if (!refusal) {
      const allowed = answer.status >= 200 && answer.status < 300;
      this.same(`${where} status`, allowed ? 'allowed' : `${answer.status} ${answer.text.slice(0, 200)}`, 'allowed');
      return !allowed;
    }
    this.same(`${where} refusal`, { status: answer.status, code: codeOf(answer) }, refusal);
    return true;
  }

  // --- the least that every caller and layer gets ---

  async items(caller: CallerSpec, layer: LayerSpec): Promise<void> {
    const where = `${caller.name} ${layer.id} items`;
    const answer = await this.as(caller).get(`/api/collections/${layer.id}/items?limit=1000`);
    if (this.refused(where, answer, caller, layer, 'query')) return;
    const { features, numberMatched } = answer.json;
    const looks = looksFor(this.sight(caller, layer), 'query');
    const shown = this.facts.shown(layer, looks);
    this.same(`${where} code systems`, answer.json.codeSystems, codeSystems(looks));
    this.same(`${where} numberMatched`, numberMatched, shown.length);
    this.features(where, features, shown);
    const open = this.sight(caller, layer).views.every((v) => v.open);
    this.same(`${where} cache`, answer.headers['cache-control'], open ? 'no-cache' : 'private, no-cache');
  }

  features(where: string, features: GeoFeature[], shown: readonly Shown[]): void {
    if (
      !this.same(
        `${where} ids`,
        features.map((f) => f.id),
        shown.map((s) => s.fid),
      )
    )
      return;
    features.forEach((feature, i) => {
      const expected = shown[i]!;
      this.same(`${where} ${feature.id} properties`, plain(feature.properties), plain(expected.properties));
      this.comparisons++;
      // The finest grids have cells of a metre: a vertex in the middle between two may fall to either.
      const { metres } = expected.precision ?? { metres: Number.POSITIVE_INFINITY };
      if (!sameShape(feature.geometry, expected.geometry, metres < 2 ? (3 * metres) / 90_000 : undefined))
        this.findings.push(
          `${where} ${feature.id} geometry (${expected.precision?.kind ?? 'exact'}): got ${JSON.stringify(feature.geometry)?.slice(0, 300)}, expected ${JSON.stringify(expected.geometry)?.slice(0, 300)}`,
        );
    });
  }

  async collection(caller: CallerSpec, layer: LayerSpec): Promise<void> {
    const where = `${caller.name} ${layer.id} collection`;
    const answer = await this.as(caller).get(`/api/collections/${layer.id}`);
    const sight = this.sight(caller, layer);
    if (sight.refused || !sight.discover) {
      this.refused(where, answer, caller, layer, 'view');
      return;
    }
    if (!this.same(`${where} status`, answer.status, 200)) return;
    this.document(where, answer.json, caller, layer);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a document of the API
  private document(where: string, document: any, caller: CallerSpec, layer: LayerSpec): void {
    const sight = this.sight(caller, layer);
    const has = (action: 'view' | 'query' | 'download') => looksFor(sight, action).length > 0;
    const looks = looksFor(sight, has('query') ? 'query' : 'view');
    const shown = this.facts.shown(layer, looks);
    this.same(`${where} count`, document.yutu.featureCount, has('query') ? shown.length : null);
    const forms = document.yutu.fields.map((f: { name: string; form: string | null }) => [f.name, f.form]);
    const best = (name: string) =>
      (['value', 'masked', 'code'] as const).find((form) => looks.some((l) => l.fields.get(name) === form)) ?? null;
    this.same(
      `${where} fields`,
      forms,
      fieldNames.map((name) => [name, best(name)]),
    );
    this.same(
      `${where} code systems`,
      document.yutu.fields.map((f: { codeSystem: string | null }) => f.codeSystem),
      fieldNames.map((name) => codeSystems(sight.views)?.[name] ?? null),
    );
    const actions = ['view', 'query', 'download', 'api', 'analyse', 'verify', 'embed'] as const;
    this.same(
      `${where} actions`,
      document.yutu.access.actions.filter((a: string) => (actions as readonly string[]).includes(a)).sort(),
      actions.filter((a) => sight.views.some((v) => v.actions.includes(a))).sort(),
    );
    this.extent(`${where} extent`, document.extent.spatial.bbox[0], caller, layer);
  }

  /** An extent tells no more than the geometries that are shown, and of a closed layer nothing: it is the instance's. */
  extent(where: string, box: Box | undefined, caller: CallerSpec, layer: LayerSpec, only?: Action): void {
    this.comparisons++;
    const sight = this.sight(caller, layer);
    const action = only ?? (['query', 'view', 'download'] as const).find((a) => looksFor(sight, a).length > 0);
    if (!action) {
      if (!isDeepStrictEqual(box, home)) this.findings.push(`${where}: got ${box}, expected ${home} (closed)`);
      return;
    }
    const expected = boxOf(this.facts.shown(layer, asExactAsTiles(looksFor(sight, action))).map((s) => s.geometry));
    if (!expected || !box) {
      if (expected || (box && !isDeepStrictEqual(box, home)))
        this.findings.push(`${where}: got ${box}, expected ${expected ?? home}`);
      return;
    }
    const fits = (slack: number, more: number) =>
      expected.every((side, i) =>
        i < 2 ? box[i]! <= side + slack && box[i]! >= side - more : box[i]! >= side - slack && box[i]! <= side + more,
      );
    // the box of a projected box is wider
    if (!fits(2e-6, layer.srid === 4545 ? 2e-3 : 2e-6))
      this.findings.push(`${where}: got ${box}, expected ${expected} (${action})`);
  }

  async tile(caller: CallerSpec, layer: LayerSpec, coord: TileCoord): Promise<void> {
    const where = `${caller.name} ${layer.id} tile ${coord.z}/${coord.x}/${coord.y}`;
    const answer = await this.as(caller).get(tilePath(layer.id, coord));
    if (this.refused(where, answer, caller, layer, 'view')) return;
    const decoded = decodeAny(answer.bytes);
    const names = [...decoded.keys()];
    this.same(`${where} layers`, names, names.length ? [layer.id] : []);
    const open = this.sight(caller, layer).views.length === 1 && this.sight(caller, layer).views[0]!.open;
    const cache = answer.headers['cache-control'];
    if (cache !== 'no-store') this.same(`${where} cache`, cache, open ? 'no-cache' : 'private, no-cache');
    this.tileFeatures(where, decoded.get(layer.id) ?? [], caller, layer, coord);
    this.same(
      `${where} Yutu-Features`,
      /^drawn=(\d+)/.exec(String(answer.headers['yutu-features']))?.[1],
      String(decoded.get(layer.id)?.length ?? 0),
    );
  }

  /** @param looks what is shown, when it is not what the caller sees in tiles of this zoom */
  tileFeatures(
    where: string,
    features: AnyFeature[],
    caller: CallerSpec,
    layer: LayerSpec,
    coord: TileCoord,
    looks = looksFor(this.sight(caller, layer), 'view', coord.z),
  ): void {
    const shown = this.facts.shown(layer, looks);
    const byId = new Map(shown.filter((s) => s.named).map((s) => [s.fid, s]));
    const outer = tileBox(coord, 66);
    const inner = tileBox(coord, -1);
    const inside = (box: Box) => (p: readonly number[]) => p[0]! > box[0] && p[0]! < box[2] && p[1]! > box[1] && p[1]! < box[3];
    const meets = (s: Shown) => {
      const box = boxOf([s.geometry]);
      return box !== null && box[0] <= outer[2] && box[2] >= outer[0] && box[1] <= outer[3] && box[3] >= outer[1];
    };
    const drawn = features.flatMap((f) => f.id ?? []).sort((a, b) => a - b);
    const may = shown.filter((s) => s.named && meets(s)).map((s) => s.fid);
    this.nameless(
      where,
      features,
      shown.filter((s) => !s.named && meets(s)),
      coord,
    );
    this.same(
      `${where} no others`,
      drawn.filter((fid) => !may.includes(fid)),
      [],
    );
    if (coord.z >= 14) {
      const must = shown.filter((s) => s.geometry && positionsOf(s.geometry).some(inside(inner))).map((s) => s.fid);
      this.same(
        `${where} all of them`,
        must.filter((fid) => !drawn.includes(fid)),
        [],
      );
    }
    for (const feature of features) {
      const expected = feature.id === undefined ? undefined : byId.get(feature.id);
      if (!expected) continue;
      const values = Object.fromEntries(Object.entries(plain(expected.properties)).filter(([, v]) => v !== null));
      const actual = plain(feature.properties);
      // Small zooms may leave values out, never show others.
      const compared = coord.z >= 14 ? values : Object.fromEntries(Object.entries(values).filter(([n]) => n in actual));
      this.same(`${where} ${feature.id} properties`, actual, compared);
      this.comparisons++;
      const stray = strayVertex(feature, expected, coord);
      if (stray)
        this.findings.push(
          `${where} ${feature.id}: ${stray} lies outside what is shown (${expected.precision?.kind ?? 'exact'})`,
        );
    }
  }

  /** Features without ids are so many at most as may not be told apart here, and each tells what is shown of one of them. */
  private nameless(where: string, features: readonly AnyFeature[], shown: readonly Shown[], coord: TileCoord): void {
    const found = features.filter(({ id }) => id === undefined);
    this.same(`${where} features without ids`, found.length <= shown.length, true);
    for (const feature of found) {
      const actual = Object.entries(plain(feature.properties));
      const one = shown.some((s) => {
        const values = plain(s.properties);
        return actual.every(([name, value]) => name in values && equal(values[name], value)) && !strayVertex(feature, s, coord);
      });
      this.same(`${where} a feature without id ${JSON.stringify(feature.properties)} is one that is shown so`, one, true);
    }
  }

  /** The tiles that pairs are looked at in: the whole world at once, and one near the seams of the districts. */
  static coords(turn: number): TileCoord[] {
    const zooms = [14, 15, 12, 14, 11];
    const z = zooms[turn % zooms.length]!;
    const lon = centre[0] + (((turn * 7) % 11) - 5) * 0.006;
    const lat = centre[1] + (((turn * 5) % 9) - 4) * 0.006;
    return [tileAt(centre[0], centre[1], 10), tileAt(lon, lat, z)];
  }

  // --- what a sample of them gets ---

  async everySurface(caller: CallerSpec, layer: LayerSpec, random: () => number): Promise<void> {
    const sight = this.sight(caller, layer);
    if (!sight.refused && !sight.discover) return this.nothingThere(caller, layer);
    await this.singleItems(caller, layer, random);
    await this.queryables(caller, layer);
    await this.changes(caller, layer);
    await this.filters(caller, layer, random);
    await hostileFilters(this, caller, layer, random);
    await this.boxes(caller, layer, random);
    await this.export(caller, layer);
    await this.tileDocuments(caller, layer);
    await this.validators(caller, layer);
    await statistics(this, caller, layer, random);
    await overlays(this, caller, layer, random);
    await checks(this, caller, layer, random);
    await signedAddresses(this, caller, layer);
    await previews(this, caller, layer);
    await rotations(this, caller);
  }

  /** Every path of a layer that may not be discovered answers as if it were not there, to the byte. */
  async nothingThere(caller: CallerSpec, layer: LayerSpec): Promise<void> {
    const who = this.as(caller);
    const other = absent(layer);
    const { z, x, y } = tileAt(centre[0], centre[1], 12);
    const paths = (id: string) => [
      `/api/collections/${id}`,
      `/api/collections/${id}/items`,
      `/api/collections/${id}/items?nonsense=1`,
      `/api/collections/${id}/items?filter=grade%3D%27A%27`,
      `/api/collections/${id}/items/1`,
      `/api/collections/${id}/queryables`,
      `/api/collections/${id}/export`,
      `/api/collections/${id}/tiles`,
      `/api/collections/${id}/tiles/WebMercatorQuad`,
      `/api/collections/${id}/tiles/WebMercatorQuad/${z}/${y}/${x}`,
      `/api/collections/${id}/tilejson`,
      `/api/tiles/WebMercatorQuad/${z}/${y}/${x}?collections=${id}`,
      `/api/tiles?collections=${id}`,
      `/api/tiles/WebMercatorQuad?collections=${id}`,
      `/api/collections/${id}/statistics`,
      `/api/collections/${id}/changes`,
      `/api/collections/${id}/changes?since=YzE`,
    ];
    const asked = (id: string): [method: string, path: string, body?: object][] => [
      ...paths(id).flatMap((path): [string, string][] => [
        ['GET', path],
        ['HEAD', path],
      ]),
      ['POST', `/api/collections/${id}/analyse`, { geometry: boxPolygon([106.5, 29.5, 106.6, 29.6]) }],
      ['POST', `/api/collections/${id}/verify`, { id: 1, claims: { grade: 'A' } }],
      ['POST', `/api/collections/${id}/signed-tiles`, {}],
      ['POST', `/api/collections/${id}/embeds`, { origins: ['https://site.example'] }],
      ['POST', `/api/collections/${id}/items`, {}],
      ['PATCH', `/api/collections/${id}/items/1`, {}],
      ['DELETE', `/api/collections/${id}/items/1`],
    ];
    const theirs = asked(other);
    for (const [i, [method, path, body]] of asked(layer.id).entries()) {
      const [hidden, none] = [await who.send(method, path, body), await who.send(method, theirs[i]![1], body)];
      const told = (a: Answer, id: string) => ({ status: a.status, headers: lasting(a), body: a.text.replaceAll(id, 'layer') });
      this.same(`${caller.name} ${method} ${path} is as one that is not there`, told(hidden, layer.id), told(none, other));
      // Embeds ask for a person first, whatever the layer.
      const refused = caller.key ? 403 : caller.person === null || caller.dead ? 401 : 404;
      this.same(`${caller.name} ${method} ${path} status`, hidden.status, path.endsWith('/embeds') ? refused : 404);
    }
  }

  private async singleItems(caller: CallerSpec, layer: LayerSpec, random: () => number): Promise<void> {
    const shown = this.facts.shown(layer, looksFor(this.sight(caller, layer), 'query'));
    const fids = this.world.rows[layer.set].map((r) => r.fid);
    const seen = shown[Math.floor(random() * shown.length)]?.fid;
    const unseen = fids.find((fid) => !shown.some((s) => s.fid === fid));
    for (const fid of [seen, unseen, 999_999]) {
      if (fid === undefined) continue;
      const where = `${caller.name} ${layer.id} items/${fid}`;
      const answer = await this.as(caller).get(`/api/collections/${layer.id}/items/${fid}`);
      const expected = shown.find((s) => s.fid === fid);
      if (refusalOf(caller, layer, this.sight(caller, layer), 'query')) this.refused(where, answer, caller, layer, 'query');
      else if (expected) {
        if (this.same(`${where} status`, answer.status, 200)) this.features(where, [answer.json], [expected]);
      } else {
        const none = await this.as(caller).get(`/api/collections/${layer.id}/items/999998`);
        const told = (a: Answer, id: string) => {
          const { 'content-length': _length, ...headers } = lasting(a);
          return { status: a.status, headers, body: a.text.replace(`feature ${id},`, 'feature') };
        };
        this.same(`${where} is as one that is not there`, told(answer, String(fid)), told(none, '999998'));
        this.same(`${where} status`, answer.status, 404);
      }
    }
  }

  private async queryables(caller: CallerSpec, layer: LayerSpec): Promise<void> {
    const where = `${caller.name} ${layer.id} queryables`;
    const answer = await this.as(caller).get(`/api/collections/${layer.id}/queryables`);
    if (this.sight(caller, layer).refused) return void this.refused(where, answer, caller, layer, 'query');
    if (!this.same(`${where} status`, answer.status, 200)) return;
    const named = Object.keys(answer.json.properties).filter((n) => n !== 'geometry');
    this.same(where, named, filterable(looksFor(this.sight(caller, layer), 'query')));
  }

  /** Nothing was edited: who may read is told so, the others as they are by items. */
  private async changes(caller: CallerSpec, layer: LayerSpec): Promise<void> {
    const where = `${caller.name} ${layer.id} changes`;
    const answer = await this.as(caller).get(`/api/collections/${layer.id}/changes`);
    if (refusalOf(caller, layer, this.sight(caller, layer), 'query'))
      return void this.refused(where, answer, caller, layer, 'query');
    if (!this.same(`${where} status`, answer.status, 200)) return;
    const { href } = answer.json.links.find(({ rel }: { rel: string }) => rel === 'next');
    const { json } = await this.as(caller).get(href.slice(new URL(href).origin.length));
    for (const { features, gone, more } of [answer.json, json]) this.same(where, [features, gone, more], [[], [], false]);
  }

  private async filters(caller: CallerSpec, layer: LayerSpec, random: () => number): Promise<void> {
    const sight = this.sight(caller, layer);
    if (refusalOf(caller, layer, sight, 'query')) return;
    const who = this.as(caller);
    const looks = looksFor(sight, 'query');
    const shown = this.facts.shown(layer, looks);
    const open = filterable(looks);
    const rows = this.world.rows[layer.set];
    for (const name of fieldNames) {
      const value = rows[Math.floor(random() * rows.length)]![name];
      if (value === null || value === '') continue;
      const ask = (field: string) => {
        const literal = typeof value !== 'string' ? String(value) : `'${value.replaceAll("'", "''")}'`;
        const time = name === 'day' ? `DATE(${literal})` : name === 'at' ? `TIMESTAMP(${literal})` : literal;
        return [
          `/api/collections/${layer.id}/items?limit=1000&filter=${encodeURIComponent(`${field} = ${time}`)}`,
          `/api/collections/${layer.id}/items?limit=1000&${field}=${encodeURIComponent(String(value))}`,
          `/api/collections/${layer.id}/items?limit=1000&filter=${encodeURIComponent(`${field} IS NULL`)}`,
        ];
      };
      const unknown = ask('nosuch');
      for (const [i, path] of ask(name).entries()) {
        const answer = await who.get(path);
        const where = `${caller.name} ${decodeURIComponent(path)}`;
        if (open.includes(name)) {
          const matching = shown.filter((s) => (i === 2 ? s.properties[name] === null : equal(s.properties[name], value)));
          this.same(`${where} status`, answer.status, 200);
          if (answer.status === 200) {
            this.same(
              `${where} ids`,
              answer.json.features.map((f: GeoFeature) => f.id),
              matching.map((s) => s.fid),
            );
            this.same(`${where} count`, answer.json.numberMatched, matching.length);
          }
        } else {
          const none = await who.get(unknown[i]!);
          this.same(
            `${where} is as a field that is not there`,
            [answer.status, answer.text],
            [none.status, none.text.replaceAll('nosuch', name)],
          );
          this.same(`${where} status`, answer.status, 400);
        }
      }
    }
  }

  private async boxes(caller: CallerSpec, layer: LayerSpec, random: () => number): Promise<void> {
    if (refusalOf(caller, layer, this.sight(caller, layer), 'query')) return;
    const shown = this.facts.shown(layer, looksFor(this.sight(caller, layer), 'query'));
    for (let n = 0; n < 4; n++) {
      // Half of them about a vertex of the truth: where a masked geometry is not, but a careless index would find it.
      const truth = this.world.rows[layer.set][Math.floor(random() * (this.world.rows[layer.set].length - 1))]!.geometry!;
      const [lon, lat] =
        n % 2 ? [centre[0] + (random() - 0.5) * 0.08, centre[1] + (random() - 0.5) * 0.06] : positionsOf(truth)[0]!;
      const half = n % 2 ? 0.004 + random() * 0.02 : 0.0002;
      const box: Box = [lon! - half, lat! - half, lon! + half, lat! + half];
      const where = `${caller.name} ${layer.id} bbox=${box}`;
      const answer = await this.as(caller).get(`/api/collections/${layer.id}/items?limit=1000&bbox=${box.join(',')}`);
      if (!this.same(`${where} status`, answer.status, 200)) continue;
      const found: number[] = answer.json.features.map((f: GeoFeature) => f.id);
      this.same(`${where} count`, answer.json.numberMatched, found.length);
      // A hair wider and narrower: what touches the edge may fall on either side.
      const slack = 2e-5;
      const met = (by: number) =>
        shown
          .filter((s) => s.geometry && near(s.geometry, [box[0] - by, box[1] - by, box[2] + by, box[3] + by]))
          .map((s) => s.fid);
      const [most, least] = [met(slack), met(-slack)];
      this.same(
        `${where} no others`,
        found.filter((fid) => !most.includes(fid)),
        [],
      );
      this.same(
        `${where} all of them`,
        least.filter((fid) => !found.includes(fid)),
        [],
      );
    }
  }

  private async export(caller: CallerSpec, layer: LayerSpec): Promise<void> {
    const where = `${caller.name} ${layer.id} export`;
    const answer = await this.as(caller).get(`/api/collections/${layer.id}/export`);
    if (this.refused(where, answer, caller, layer, 'download')) return;
    const looks = looksFor(this.sight(caller, layer), 'download');
    this.features(where, answer.json.features, this.facts.shown(layer, looks));
    this.same(`${where} code systems`, answer.json.yutu.codeSystems, codeSystems(looks));
  }

  private async tileDocuments(caller: CallerSpec, layer: LayerSpec): Promise<void> {
    const sight = this.sight(caller, layer);
    const where = `${caller.name} ${layer.id}`;
    const who = this.as(caller);
    const answers = await Promise.all(
      ['tilejson', 'tiles/WebMercatorQuad', 'tiles'].map((path) => who.get(`/api/collections/${layer.id}/${path}`)),
    );
    if (sight.refused) {
      for (const answer of answers) this.refused(`${where} tile documents`, answer, caller, layer, 'view');
      return;
    }
    const looks = looksFor(sight, 'view');
    // What is never shown but in small zooms is told of as it is there.
    const at = (l: Look, zoom: number) => looksFor({ ...sight, views: [l] }, 'view', Math.min(zoom, l.maxZoom ?? 16));
    const fields = fieldNames.filter((name) => looks.flatMap((l) => at(l, 16)).some((l) => l.fields.has(name)));
    const [tilejson, tileset] = answers.map((a) => a.json);
    const small = looks.flatMap((l) => at(l, countingZoom - 1));
    this.same(
      `${where} tilejson of small zooms`,
      tilejson.vector_layers[0].reduced ?? null,
      reducible(looks)
        ? {
            maxzoom: Math.min(countingZoom - 1, ...[Math.max(...looks.map((l) => l.maxZoom ?? 16))]),
            ids: small.some((l) => !l.nameless),
            fields: fieldNames.filter((name) => small.some((l) => l.fields.has(name))),
          }
        : null,
    );
    this.same(`${where} tilejson fields`, Object.keys(tilejson.vector_layers[0].fields), fields);
    this.same(`${where} tileset fields`, Object.keys(tileset.layers[0].propertiesSchema.properties), fields);
    const told = Object.entries(tileset.layers[0].propertiesSchema.properties as Record<string, Record<string, string>>).flatMap(
      ([name, { 'x-yutu-code-system': system }]) => (system ? [[name, system]] : []),
    );
    this.same(`${where} tileset code systems`, Object.fromEntries(told), codeSystems(looks.flatMap((l) => at(l, 16))) ?? {});
    const zooms = looks.map((l) => Math.min(16, l.maxZoom ?? 16));
    this.same(`${where} tilejson maxzoom`, tilejson.maxzoom, zooms.length ? Math.max(...zooms) : 16);
    this.extent(`${where} tilejson bounds`, tilejson.bounds, caller, layer);
    const box = tileset.boundingBox && [...tileset.boundingBox.lowerLeft, ...tileset.boundingBox.upperRight];
    this.extent(`${where} tileset box`, box, caller, layer);
    const whole = looks.some((l) => l.rows === null && l.area === null && l.precision === null);
    if (!whole)
      this.same(`${where} tileset detail`, 'detail' in tileset.layers[0] || 'detail' in tilejson.vector_layers[0], false);
  }

  /** ETags: of use to who has the bytes, of none to who may not have them. */
  private async validators(caller: CallerSpec, layer: LayerSpec): Promise<void> {
    const coord = tileAt(centre[0], centre[1], 10);
    for (const [path, action] of [
      [`/api/collections/${layer.id}/items?limit=1000`, 'query'],
      [tilePath(layer.id, coord), 'view'],
    ] as const) {
      const where = `${caller.name} ${path}`;
      const who = this.as(caller);
      const first = await who.get(path);
      const refusal = refusalOf(caller, layer, this.sight(caller, layer), action);
      const head = await who.head(path);
      this.same(`${where} HEAD`, [head.status, head.text], [first.status, '']);
      for (const { tag, body } of this.tags.get(path) ?? []) {
        const again = await who.get(path, { 'if-none-match': tag });
        if (refusal) this.same(`${where} with another's ETag`, again.status, refusal.status);
        else if (again.status === 304) this.same(`${where} 304 for other bytes`, comparable(first), body);
      }
      const tag = first.headers.etag;
      if (refusal || !tag) continue;
      this.same(`${where} 304`, (await who.get(path, { 'if-none-match': tag })).status, 304);
      this.tags.set(path, [...(this.tags.get(path) ?? []), { tag, body: comparable(first) }].slice(-6));
    }
  }

  // --- what two layers have to do with each other ---

  /** Whoever is given more is never shown fewer features, or fewer of their fields. */
  async growing(caller: CallerSpec, less: LayerSpec, more: LayerSpec): Promise<void> {
    const who = this.as(caller);
    const [before, after] = await Promise.all(
      [less, more].map(async ({ id }) => {
        const answer = await who.get(`/api/collections/${id}/items?limit=1000`);
        return new Map<number, GeoFeature>(answer.status === 200 ? answer.json.features.map((f: GeoFeature) => [f.id, f]) : []);
      }),
    );
    for (const [fid, { properties }] of before!) {
      const grown = after!.get(fid);
      this.same(`${caller.name} ${more.id} ${fid} is still shown`, grown !== undefined, true);
      const lost = Object.keys(properties).filter((name) => grown && !(name in grown.properties));
      this.same(`${caller.name} ${more.id} ${fid} fields lost`, lost, []);
    }
  }

  /** Two worlds that differ in what the caller is not shown give the same bytes, whatever is asked. */
  async worlds(caller: CallerSpec, one: LayerSpec, other: LayerSpec, random: () => number): Promise<void> {
    const who = this.as(caller);
    const rows = this.world.rows[one.set].flatMap((row) => [rowOf(one, row), rowOf(other, row)]);
    const pick = () => rows[Math.floor(random() * rows.length)]!;
    const boxes = Array.from({ length: 8 }, () => {
      const { geometry } = pick();
      const [lon, lat] = geometry ? positionsOf(geometry)[0]! : centre;
      const half = [0.00001, 0.0001, 0.001][Math.floor(random() * 3)]!;
      return [lon - half, lat - half, lon + half, lat + half].join(',');
    });
    const filters = fieldNames.flatMap((name) => {
      const value = pick()[name];
      const literal = typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? 0);
      return [`${name} = ${literal}`, `${name} <> ${literal}`, `${name} IS NULL`, `${name} > ${literal}`];
    });
    const hostile = ['size', 'count'].flatMap((n) => [
      `${n} * 1e300 * 1e300 > 1`,
      `1 / (${n} - 50) < 0`,
      `${n} % (${n} - 7) = 1`,
    ]);
    const [lon, lat] = centre;
    const intersects = `S_INTERSECTS(geometry, POLYGON((${lon} ${lat}, ${lon + 0.0101} ${lat}, ${lon} ${lat + 0.0103}, ${lon} ${lat})))`;
    const paths = [
      '',
      '/items?limit=1000',
      '/items?limit=7',
      ...boxes.map((box) => `/items?limit=1000&bbox=${box}`),
      ...[...filters, ...hostile, intersects].map((filter) => `/items?limit=1000&filter=${encodeURIComponent(filter)}`),
      ...[1, 2, 3, pick().fid].map((fid) => `/items/${fid}`),
      '/statistics',
      ...fieldNames.map((name) => `/statistics?by=${name}`),
      ...fieldNames.map((name) => `/statistics?of=${name}&bbox=${boxes[0]}`),
      '/queryables',
      '/tilejson',
      '/tiles/WebMercatorQuad',
      '/export',
      ...[9, 10, 12, 14, 16].map((z) => tilePath('', tileAt(lon, lat, z)).replace('/api/collections/', '')),
    ];
    for (const path of paths) {
      const [a, b] = [await who.get(`/api/collections/${one.id}${path}`), await who.get(`/api/collections/${other.id}${path}`)];
      // The layers' names are of one length: nothing else needs to be made alike.
      const told = ({ status, headers, bytes }: Answer, id: string) => ({
        status,
        cache: headers['cache-control'],
        features: headers['yutu-features'],
        body: bytes
          .toString('latin1')
          .replaceAll(id, 'layer')
          .replace(/"(timeStamp|exportedAt)":"[^"]*"/g, '')
          .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'grant'),
      });
      this.same(`${caller.name} ${one.id} and ${other.id} ${decodeURIComponent(path)}`, told(a, one.id), told(b, other.id));
    }
  }

  // --- what is not about one layer ---

  async catalogue(caller: CallerSpec): Promise<void> {
    const who = this.as(caller);
    const where = `${caller.name} catalogue`;
    // The second answer: the first may have been written down for it.
    await who.get('/api/collections');
    const answer = await who.get('/api/collections');
    const known = this.world.layers.filter((l) => this.sight(caller, l).discover);
    if (caller.dead && caller.key) return void this.same(where, answer.status, 401);
    const documents = answer.json.collections as { id: string }[];
    if (
      this.same(
        where,
        documents.map((d) => d.id),
        known.map((l) => l.id),
      )
    )
      for (const [i, document] of documents.entries()) this.document(`${where} ${document.id}`, document, caller, known[i]!);
    const viewable = known.filter((l) => looksFor(this.sight(caller, l), 'view').length > 0).slice(0, 32);
    const tileset = await who.get('/api/tiles/WebMercatorQuad');
    this.same(
      `${where} dataset`,
      tileset.json.layers.map((l: { id: string }) => l.id),
      viewable.map((l) => l.id),
    );
    for (const coord of [tileAt(centre[0], centre[1], 14), tileAt(centre[0], centre[1], 10)]) {
      const tile = await who.get(datasetPath(null, coord));
      this.same(`${where} dataset tile`, [200, 204].includes(tile.status), true);
      const layers = decodeAny(tile.bytes);
      this.same(
        `${where} dataset tile layers`,
        [...layers.keys()].filter((id) => !viewable.some((l) => l.id === id)),
        [],
      );
      for (const l of viewable)
        this.tileFeatures(`${where} dataset tile ${coord.z} ${l.id}`, layers.get(l.id) ?? [], caller, l, coord);
    }
  }

  /** The box of the division that the caller's organisation answers for. */
  private ownBox({ organisation }: CallerSpec): Box | null {
    const division = this.world.organisations.find(({ id }) => id === organisation)?.division;
    const area = [...this.world.areas.values()].find((one) => division && one.division === division);
    return area ? boxOf([area.geometry]) : null;
  }

  async search(caller: CallerSpec, text: string): Promise<void> {
    const where = `${caller.name} search ${text}`;
    const answer = await this.as(caller).get(`/api/search?q=${encodeURIComponent(text)}`);
    if (caller.dead && caller.key) return void this.same(where, answer.status, 401);
    const results = answer.json.results as { kind: string; id: string; titleZh: string; titleEn: string; bbox: Box | null }[];
    const layers = results.filter((r) => r.kind === 'layer');
    for (const { id, bbox } of layers) {
      const layer = this.world.layers.find((l) => l.id === id)!;
      this.same(`${where} ${id} may be known`, this.sight(caller, layer).discover, true);
      this.extent(`${where} ${id} box`, bbox ?? undefined, caller, layer);
    }
    for (const layer of this.world.layers) {
      const looks = looksFor(this.sight(caller, layer), 'query');
      const open = filterable(looks).filter((n) => n === 'name' || n === 'holder');
      const found = results.filter((r) => r.kind === 'place' && r.id.startsWith(`${layer.id}/`));
      const matching = this.facts.shown(layer, this.sight(caller, layer).discover ? looks : []).filter((s) =>
        open.some((n) =>
          String(s.properties[n] ?? '')
            .toLowerCase()
            .includes(text.toLowerCase()),
        ),
      );
      const ids = found.map((f) => Number(f.id.slice(layer.id.length + 1)));
      const expected = ownFirst(matching, this.ownBox(caller), ids);
      if (!this.same(`${where} places of ${layer.id}`, ids, expected)) continue;
      found.forEach((place, i) => {
        const one = matching.find(({ fid }) => fid === ids[i])!;
        const values = Object.values(one.properties).map(String);
        this.same(
          `${where} ${place.id} title`,
          [place.titleZh, place.titleEn].every((t) => values.includes(t) || t === String(one.fid)),
          true,
        );
        const box = boxOf([one.geometry]);
        this.same(
          `${where} ${place.id} box`,
          box === null ? place.bbox : place.bbox?.every((v, k) => Math.abs(v - box[k]!) < 1e-6),
          box === null ? null : true,
        );
      });
    }
  }
}

/** How many places of a layer are told. */
const PLACES = 8;
/** What touches the edge of a box may fall on either side. */
const HAIR = 2e-5;

/**
 * The places that are told of those that match: first those in the own division's box, then the others, each by id.
 * @param found what was told: on its word those at the edge count as in or out
 */
function ownFirst(matching: readonly Shown[], own: Box | null, found: readonly number[]): number[] {
  const meets = (s: Shown, by: number) =>
    own !== null && !!s.geometry && near(s.geometry, [own[0] - by, own[1] - by, own[2] + by, own[3] + by]);
  const orders = Array.from({ length: PLACES + 1 }, (_, head) => {
    const inside = (s: Shown) => meets(s, -HAIR) || (meets(s, HAIR) && found.indexOf(s.fid) < head && found.includes(s.fid));
    const first = matching.filter(inside).slice(0, PLACES);
    const rest = matching.slice(0, PLACES).filter((s) => !first.includes(s));
    return [...first, ...rest].slice(0, PLACES).map(({ fid }) => fid);
  });
  return orders.find((order) => isDeepStrictEqual(order, found)) ?? orders[0]!;
}

export interface GeoFeature {
  id: number;
  geometry: Shown['geometry'];
  properties: Record<string, unknown>;
}

export function codeOf(answer: Answer): string | null {
  try {
    return answer.json.code;
  } catch {
    return null;
  }
}

/** Headers but for those that differ from answer to answer. */
function lasting(answer: Answer): Record<string, unknown> {
  const { date: _date, ...rest } = answer.headers;
  return rest;
}

/** A body without what tells when it was written. */
const comparable = (answer: Answer) =>
  answer.headers['content-type']?.includes('json')
    ? answer.text.replace(/"timeStamp":"[^"]*"/, '')
    : answer.bytes.toString('hex');

/** Values as they compare: times as instants, numbers to nine digits, names in order. */
function plain(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(properties)
      .sort()
      .map((name) => [name, plainValue(properties[name])]),
  );
}
export function plainValue(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(9));
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]/.test(value)) return Date.parse(value.replace(' ', 'T'));
  return value ?? null;
}
const equal = (a: unknown, b: unknown) => plainValue(a) === plainValue(b);

function boxOf(geometries: readonly (Shown['geometry'] | undefined)[]): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const g of geometries)
    for (const [x, y] of g ? positionsOf(g) : []) {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  return box[0] <= box[2] ? box : null;
}

export const boxPolygon = ([west, south, east, north]: Box) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
});

/** A vertex in the tile that is further from what is shown than drawing makes it; in words, or null. */
function strayVertex(feature: AnyFeature, { geometry }: Shown, coord: TileCoord): string | null {
  if (!geometry) return 'a feature without geometry';
  const [west, , east] = tileBox(coord);
  const unit = (east - west) / 4096;
  const slack = unit * (coord.z >= 14 ? 2 : 10);
  for (const { x, y } of feature.rings.flat()) {
    // A clipped edge's new corner lies on the edge: within the shape, as all of it.
    const [lon, , , lat] = tileBox({ z: coord.z, x: coord.x + x / 4096, y: coord.y + y / 4096 });
    if (!near(geometry, [lon - slack, lat - slack, lon + slack, lat + slack])) return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
  }
  return null;
}
