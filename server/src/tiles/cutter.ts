import { hash } from 'node:crypto';
import {
  cutTile,
  openSnapshot,
  type PreparedMask,
  type PreparedOverlay,
  type PreparedPatch,
  prepareMask,
  prepareOverlay,
  preparePatch,
  type Snapshot,
  type TileCoord,
  weighTile,
} from '@yutu/tiles';
import type { MaskData, PatchData } from './masks.js';
import { type BaseData, openBase } from './opened.js';
import type { OverlayData } from './overlay.js';

/** Data that cuts need, as it is handed to a thread once: plain objects and shared memory. A newer one takes its slot. */
export type Held =
  | { slot: string; id: string; kind: 'snapshot'; data: Omit<BaseData, 'id'> }
  | { slot: string; id: string; kind: 'overlay'; data: OverlayData }
  | { slot: string; id: string; kind: 'mask'; data: MaskData }
  | { slot: string; id: string; kind: 'patch'; data: PatchData };

/** What to cut, by the names of what a thread holds. */
export interface CutPlan {
  layer: string;
  tile: TileCoord;
  /** Slots. */
  snapshot: string;
  overlay: string | null;
  mask: string | null;
  patch: string | null;
}

/** A tile before it is packed. */
export interface RawTile {
  raw: Uint8Array;
  /** Features in it, how many of them with their ids, and how many only as a dot, a stand-in for others or with fewer columns. */
  features: number;
  named: number;
  reduced: number;
  /** Weak (RFC 9110 §8.8.1): names the content, however it is packed. */
  etag: string;
}

interface Opened {
  held: Held;
  snapshot?: Snapshot;
  overlay?: PreparedOverlay;
  mask?: PreparedMask;
  patch?: PreparedPatch;
}

/** What one thread holds to cut tiles with. The main thread has one for small tiles, every worker has one. */
export class Cutter {
  private readonly slots = new Map<string, Opened>();

  /** Whether the slot holds this very data. */
  has({ slot, id }: Held): boolean {
    return this.slots.get(slot)?.held.id === id;
  }

  hold(held: Held): void {
    this.forget(held.slot);
    this.slots.set(held.slot, { held });
  }

  forget(slot: string): void {
    this.slots.get(slot)?.snapshot?.close();
    this.slots.delete(slot);
  }

  /** A measure of the work (see weighTile): features and vertices to look at. Never counts further than `limit`. */
  weigh(plan: CutPlan, limit: number): number {
    const { base, overlay, mask, patch } = this.parts(plan);
    let weight = weighTile(base, plan.tile, limit);
    if (overlay?.extra && weight < limit) weight += weighTile(overlay.extra, plan.tile, limit);
    if (mask?.cut && weight < limit) weight += weighTile(mask.cut, plan.tile, limit);
    if (patch?.cut && weight < limit) weight += weighTile(patch.cut, plan.tile, limit);
    return weight;
  }

  /** @throws SnapshotError when the snapshot is damaged */
  cut(plan: CutPlan): RawTile {
    const { base, overlay, mask, patch } = this.parts(plan);
    const options = { layerName: plan.layer, ...(mask && { mask }), ...(patch && { patch }), ...(overlay && { overlay }) };
    const tile = cutTile(base, plan.tile, options);
    const { bytes, features, named, reduced } = tile;
    return { raw: bytes, features, named, reduced, etag: etagOf(bytes) };
  }

  /** Opens what is opened for the first time. */
  private parts(plan: CutPlan): { base: Snapshot; overlay?: PreparedOverlay; mask?: PreparedMask; patch?: PreparedPatch } {
    const held = this.slots.get(plan.snapshot)!;
    if (held.held.kind === 'snapshot') held.snapshot ??= openBase(held.held.data);
    const base = held.snapshot!;
    return {
      base,
      ...(plan.overlay !== null && { overlay: this.overlay(plan.overlay, base) }),
      ...(plan.mask !== null && { mask: this.mask(plan.mask, base) }),
      ...(plan.patch !== null && { patch: this.patch(plan.patch, base) }),
    };
  }

  private overlay(slot: string, base: Snapshot): PreparedOverlay {
    const opened = this.slots.get(slot)!;
    const { hide, extra } = opened.held.data as OverlayData;
    opened.overlay ??= prepareOverlay(base, { hide, extra: extra && openSnapshot(extra, { verify: false }) });
    return opened.overlay;
  }

  private mask(slot: string, base: Snapshot): PreparedMask {
    const opened = this.slots.get(slot)!;
    const { views, members, cut } = opened.held.data as MaskData;
    opened.mask ??= prepareMask(base, { views, members, cut: cut && openSnapshot(cut, { verify: false }) });
    return opened.mask;
  }

  private patch(slot: string, base: Snapshot): PreparedPatch {
    const opened = this.slots.get(slot)!;
    const { edited, members, cut } = opened.held.data as PatchData;
    opened.patch ??= preparePatch(base, { edited, members, cut: cut && openSnapshot(cut, { verify: false }) });
    return opened.patch;
  }
}

/** Names a tile's content. */
export const etagOf = (raw: Uint8Array): string => `W/"${hash('sha256', raw, 'base64url').slice(0, 22)}"`;
