import type { TileCoord } from '@yutu/tiles';
import { record } from '../audit/chain.js';
import { dayAfter } from '../catalogue/calendar.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Layer } from '../catalogue/layers.js';
import { runForAll } from '../db/client.js';
import type { Database, Queryable } from '../db/database.js';
import { CELL_ZOOM, cellsOf, cellsOfTile, km2OfTile } from './cells.js';
import { type Drawn, Sets } from './drawn.js';
import { addToDay, drawnAfter, liftStanding, listStandings, lockStanding, standingsSince, writeStanding } from './kept.js';
import { higher, type Level, type Limits, limitsOf, nextShare, shareOf } from './policy.js';
import { deedOf, nobody, type Standing, standAt } from './standing.js';

interface Read {
  drawn: Drawn;
  tile: TileCoord;
  /** At most so much. */
  rows: number;
  km2: number;
  ids: () => Iterable<number>;
}

/** Slowed down: one answer in so many ms, and no longer in line than this. */
const PACE_MS = 500;
const LINE_MS = 10_000;
/** Tiles that wait to be read hold their bytes; beyond so many they are read at once. */
const WAITING_MOST = 2_000;
const SLICE_MS = 4;
/** Sets nobody added to for so long leave the memory. */
const IDLE_MS = 600_000;

const idOf = (organisation: string, layer: string): string => `${organisation}\0${layer}`;

/**
 * How much of each layer every organisation has drawn: the union of the features and places that left through tiles, items and
 * exports within the days the layer's policy names. Counting costs the tile hit path one look-up; tiles are read in the background.
 */
export class Extraction {
  /** Rises when somebody is slowed down, stopped or let go. */
  changed = 0;
  private readonly all = new Map<string, Drawn>();
  private standings = new Map<string, Standing>();
  private known = '-infinity';
  private readonly opening = new Map<Drawn, Promise<void>>();
  private waiting: Read[] = [];
  private reading = false;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly catalogue: Pick<Catalogue, 'layers' | 'instance'>,
    private readonly dayOf: (now: number) => { day: string; ends: number },
  ) {}

  /** What the organisation draws of the layer; null when it is not counted: its own, the public's, layers open to all. */
  of(organisation: string | null, layer: Layer): Drawn | null {
    if (organisation === null || organisation === layer.owner || !limitsOf(layer, this.catalogue.instance)) return null;
    const id = idOf(organisation, layer.id);
    let drawn = this.all.get(id);
    if (!drawn) {
      drawn = {
        organisation,
        layer: layer.id,
        level: this.level(organisation, layer.id),
        tiles: new WeakSet(),
        unread: { rows: 0, km2: 0 },
        pressing: false,
        day: this.today(),
        fresh: new Sets(),
        window: null,
        touchedAt: 0,
        nextAt: 0,
      };
      this.all.set(id, drawn);
    }
    return drawn;
  }

  level(organisation: string, layer: string): Level {
    return this.standings.get(idOf(organisation, layer))?.level ?? 'none';
  }

  /**
   * A tile left, for the first time since it was made. `ids` reads its features: later, or at once where so many more may reach the next
   * level, so that the tile that reaches a limit is the last however many are asked for at a time.
   */
  tile(drawn: Drawn, key: object, tile: TileCoord, features: number, ids: () => Iterable<number>): void {
    drawn.tiles.add(key);
    const km2 = km2OfTile(tile.z > CELL_ZOOM ? { z: CELL_ZOOM, y: tile.y >> (tile.z - CELL_ZOOM) } : tile);
    drawn.unread.rows += features;
    drawn.unread.km2 += km2;
    this.waiting.push({ drawn, tile, rows: features, km2, ids });
    if (this.waiting.length > WAITING_MOST || this.mayReach(drawn)) this.readAllOf(drawn);
    if (this.reading) return;
    this.reading = true;
    setImmediate(() => this.readSome());
  }

  /** Features left as they are. */
  features(drawn: Drawn, features: readonly { id: number; geometry: unknown }[]): void {
    const sets = this.setsOf(drawn);
    for (const { id, geometry } of features) {
      const cells = [...cellsOf(geometry)];
      for (const set of sets) {
        set.ids.add(id);
        set.addCells(cells);
      }
    }
    drawn.pressing ||= drawn.window === null;
    this.judge(drawn);
  }

  /** Whether what is not read yet may be enough for the next level. */
  private mayReach({ organisation, layer, unread, fresh, window }: Drawn): boolean {
    const limits = this.limitsOf(layer);
    if (!limits) return false;
    const share = this.standings.get(idOf(organisation, layer))?.share ?? 0;
    // What was read before the days before were stands in no share yet.
    const [rows, km2] = window ? [0, 0] : [fresh.ids.size, fresh.km2];
    return share + shareOf(limits, unread.rows + rows, unread.km2 + km2) >= nextShare(limits, share);
  }

  private readAllOf(drawn: Drawn): void {
    const mine = this.waiting.filter((read) => read.drawn === drawn);
    this.waiting = this.waiting.filter((read) => read.drawn !== drawn);
    for (const read of mine) this.read(read);
    drawn.pressing = drawn.window === null;
  }

  /** Until it is known how much was drawn on the days before. A database that is away is not waited for. */
  async settle(drawn: Drawn): Promise<void> {
    const limits = this.limitsOf(drawn.layer);
    if (limits && drawn.window === null) await this.open(drawn, limits).catch(() => {});
  }

  private readSome(): void {
    const until = performance.now() + SLICE_MS;
    let at = 0;
    while (at < this.waiting.length && performance.now() < until) this.read(this.waiting[at++]!);
    this.waiting = this.waiting.slice(at);
    this.reading = this.waiting.length > 0;
    if (this.reading) setImmediate(() => this.readSome());
  }

  private read({ drawn, tile, rows, km2, ids }: Read): void {
    drawn.unread.rows -= rows;
    drawn.unread.km2 -= km2;
    const found = [...ids()];
    if (found.length === 0) return;
    for (const set of this.setsOf(drawn)) {
      set.addIds(found);
      set.addCells(cellsOfTile(tile, this.catalogue.layers.get(drawn.layer)?.extent ?? null));
    }
    this.judge(drawn);
  }

  /** What is added to: today's, and the window's once it was read. */
  private setsOf(drawn: Drawn): Sets[] {
    drawn.touchedAt = Date.now();
    if (drawn.window) return [drawn.fresh, drawn.window];
    return [drawn.fresh];
  }

  private limitsOf(layer: string): Limits | null {
    const known = this.catalogue.layers.get(layer);
    return known ? limitsOf(known, this.catalogue.instance) : null;
  }

  /** A new level holds at once on this node; the next flush writes it. */
  private judge(drawn: Drawn): void {
    const limits = this.limitsOf(drawn.layer);
    if (!limits) return;
    if (!drawn.window) {
      this.open(drawn, limits).catch(() => {}); // the flush tries again
      return;
    }
    const id = idOf(drawn.organisation, drawn.layer);
    const before = this.standings.get(id) ?? nobody(drawn);
    this.take(id, before, standAt(before, drawn.window, limits, new Date()));
  }

  private take(id: string, before: Standing, after: Standing): void {
    this.standings.set(id, after);
    const drawn = this.all.get(id);
    if (drawn) drawn.level = after.level;
    if (before.level !== after.level) this.changed++;
  }

  /** Reads the days of the window, once for all who wait. */
  private open(drawn: Drawn, limits: Limits): Promise<void> {
    let opening = this.opening.get(drawn);
    if (!opening) {
      opening = runForAll(() => this.readWindow(this.db, drawn, limits))
        .then(() => {
          drawn.pressing = false;
          this.judge(drawn);
        })
        .finally(() => this.opening.delete(drawn));
      this.opening.set(drawn, opening);
    }
    return opening;
  }

  private async readWindow(q: Queryable, drawn: Drawn, { days }: Limits): Promise<Sets> {
    const window = await drawnAfter(q, drawn, dayAfter(this.today(), -days));
    window.add(drawn.fresh);
    // Another look may have come first: what either saw was drawn.
    if (drawn.window) window.add(drawn.window);
    drawn.window = window;
    return window;
  }

  /**
   * Milliseconds an answer has to wait now, in the line of those to the same organisation on the same layer.
   * Infinity when the line is too long.
   */
  wait(drawn: Drawn): number {
    if (drawn.level !== 'slow') return 0;
    const now = Date.now();
    const turn = Math.max(now, drawn.nextAt);
    if (turn - now > LINE_MS) return Number.POSITIVE_INFINITY;
    drawn.nextAt = turn + PACE_MS;
    return turn - now + PACE_MS;
  }

  private today(): string {
    return this.dayOf(Date.now()).day;
  }

  /** Writes what was drawn, merges it with what other nodes wrote, and takes in where they stand. */
  flush(): Promise<void> {
    this.flushing = this.flushing.catch(() => {}).then(() => runForAll(() => this.write()));
    return this.flushing;
  }

  private async write(): Promise<void> {
    const today = this.today();
    let fault: unknown;
    while (this.waiting.length > 0) this.read(this.waiting.shift()!);
    for (const drawn of this.all.values()) {
      try {
        await this.writeOne(drawn, today);
      } catch (error) {
        fault = error; // the others are written, this one next time
      }
    }
    await this.refresh();
    if (fault) throw fault;
  }

  private async writeOne(drawn: Drawn, today: string): Promise<void> {
    if (!drawn.fresh.empty) await this.writeSets(drawn);
    if (drawn.day !== today) {
      // Tiles drawn yesterday count for today when they are drawn again; the window has moved on.
      drawn.day = today;
      drawn.tiles = new WeakSet();
      drawn.window = null;
      if (this.standings.has(idOf(drawn.organisation, drawn.layer))) await this.writeSets(drawn);
    } else if (drawn.window && drawn.fresh.empty && Date.now() - drawn.touchedAt > IDLE_MS) drawn.window = null;
  }

  private async writeSets(drawn: Drawn): Promise<void> {
    const sent = drawn.fresh;
    drawn.fresh = new Sets();
    try {
      const standing = await this.db.tx((q) => this.merge(q, drawn, sent));
      const id = idOf(drawn.organisation, drawn.layer);
      if (standing) this.take(id, this.standings.get(id) ?? nobody(drawn), standing);
    } catch (error) {
      sent.add(drawn.fresh);
      drawn.fresh = sent;
      throw error;
    }
  }

  private async merge(q: Queryable, drawn: Drawn, sent: Sets): Promise<Standing | null> {
    const limits = this.limitsOf(drawn.layer);
    if (!limits) return null;
    const before = await lockStanding(q, drawn);
    if (!sent.empty) {
      const others = await addToDay(q, drawn, drawn.day, sent);
      drawn.window?.add(others);
    }
    const window = drawn.window ?? (await this.readWindow(q, drawn, limits));
    // A look that began before this was written knows nothing of it.
    window.add(sent);
    const after = standAt(before, window, limits, new Date());
    await writeStanding(q, after);
    if (higher(after.level, before.level)) await record(q, deedOf(after));
    return after;
  }

  /** Takes in what other nodes found out, and what was lifted. */
  async refresh(): Promise<void> {
    const rows = await standingsSince(this.db, this.known);
    for (const { changedAt, ...standing } of rows) {
      if (this.known === '-infinity' || changedAt > this.known) this.known = changedAt;
      const id = idOf(standing.organisation, standing.layer);
      const before = this.standings.get(id);
      const drawn = this.all.get(id);
      // What this node counted since is further than what was written, unless it was lifted meanwhile.
      if (before && drawn && !drawn.fresh.empty && before.liftedAt === standing.liftedAt && higher(before.level, standing.level))
        continue;
      this.take(id, before ?? nobody(standing), standing);
    }
  }

  /** Everyone's standing, as written. */
  list(): Promise<Standing[]> {
    return listStandings(this.db);
  }

  /** Lets an organisation go on: what it has drawn up to now does not count again. @returns false when nothing held it back */
  async lift(organisation: string, layer: string, by: { name: string; organisation: string }, reason: string): Promise<boolean> {
    await this.flush();
    const lifted = await this.db.tx(async (q) => {
      const row = await liftStanding(q, { organisation, layer }, by.name);
      if (!row) return false;
      await record(q, {
        actor: by.name,
        organisation: by.organisation,
        action: 'extraction_lifted',
        layer,
        subject: organisation,
        detail: { grantee: organisation, reason, ...row },
      });
      return true;
    });
    await this.refresh();
    return lifted;
  }
}
