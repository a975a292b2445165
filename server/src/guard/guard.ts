import { setTimeout as sleep } from 'node:timers/promises';
import type { Holds } from '../access/holds.js';
import type { Layer } from '../catalogue/layers.js';
import { stepAside } from '../db/client.js';
import { fail } from '../errors/fail.js';
import type { Drawn } from './drawn.js';
import type { Extraction } from './extraction.js';
import type { Quotas } from './quotas.js';

/** What is held back though it was granted: used-up quotas, and layers of which an organisation has drawn too much. */
export class Guard implements Holds {
  constructor(
    readonly extractions: Extraction,
    private readonly quotas: Quotas,
    /** Whether this node hears of changed rights (`db/bus.ts`). */
    private readonly hearing: { readonly deaf: boolean },
  ) {}

  get deaf(): boolean {
    return this.hearing.deaf;
  }

  get version(): number {
    this.quotas.turn(); // at midnight quotas refill
    // A half: decisions of before hold again when it hears again, for then what it missed was taken in and is in the grants' own version.
    return this.quotas.changed + this.extractions.changed + (this.deaf ? 0.5 : 0);
  }

  exhausted(grant: string): boolean {
    return this.quotas.exhausted(grant);
  }

  extraction(organisation: string, layer: string): 'none' | 'slow' | 'stop' {
    const level = this.extractions.level(organisation, layer);
    return level === 'alarm' ? 'none' : level;
  }

  /** Whether answers of these have to wait in line. */
  slows(drawn: Drawn | null): boolean {
    return drawn !== null && (drawn.level === 'slow' || drawn.pressing);
  }

  /**
   * Waits for this answer's turn while the organisation is slowed down on the layer. Decide after it, not before.
   * @throws `extraction_slowed` when too many wait
   */
  async pace(organisation: string | null, layer: Layer): Promise<void> {
    const drawn = this.extractions.of(organisation, layer);
    if (drawn?.pressing) await this.extractions.settle(drawn);
    const ms = drawn ? this.extractions.wait(drawn) : 0;
    if (ms === 0) return;
    if (ms === Number.POSITIVE_INFINITY)
      fail('extraction_slowed', { titleZh: layer.titleZh, titleEn: layer.titleEn }, { retryAfter: 10 });
    await stepAside(() => sleep(ms, undefined, { ref: false }));
  }
}
