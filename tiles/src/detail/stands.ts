import { growUint32 } from '../snapshot/growable.js';
import { FULL_ZOOM } from './scale.js';

/** For how many points each shown one stands, zoom by zoom; kept where it is more than one, in the order of the geometries. */
export class Stands {
  readonly #owners = Array.from({ length: FULL_ZOOM }, () => growUint32(16));
  readonly #counts = Array.from({ length: FULL_ZOOM }, () => growUint32(16));
  readonly #next = new Uint32Array(FULL_ZOOM);

  /** Geometries must come in ascending order at each zoom. */
  set(zoom: number, owner: number, count: number): void {
    this.#owners[zoom]!.push(owner);
    this.#counts[zoom]!.push(count);
  }

  /** Forgets a zoom. */
  clear(zoom: number): void {
    this.#owners[zoom]!.length = 0;
    this.#counts[zoom]!.length = 0;
  }

  /** Fills in what a geometry stands for at each zoom below full detail. Geometries must be asked for in ascending order. */
  of(geometry: number, counts: Uint32Array): void {
    for (let zoom = 0; zoom < FULL_ZOOM; zoom++) {
      const owners = this.#owners[zoom]!;
      let next = this.#next[zoom]!;
      while (next < owners.length && owners.data[next]! < geometry) next++;
      this.#next[zoom] = next;
      counts[zoom] = next < owners.length && owners.data[next] === geometry ? this.#counts[zoom]!.data[next]! : 1;
    }
  }
}
