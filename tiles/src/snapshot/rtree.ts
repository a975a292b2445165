/** Children per node. */
const FANOUT = 16;

/**
 * Boxes of a packed R-tree over boxes that are already in Hilbert order: the leaves as given, then each level's parents, the root
 * last. Four int32 per box: minX, minY, maxX, maxY.
 */
export function packTree(leaves: Int32Array): Int32Array<ArrayBuffer> {
  const sizes = levelSizes(leaves.length / 4);
  const boxes = new Int32Array(4 * treeNodes(leaves.length / 4));
  boxes.set(leaves);
  let child = 0;
  let parent = sizes[0] ?? 0;
  for (let level = 1; level < sizes.length; level++) {
    const end = child + sizes[level - 1]!;
    for (; child < end; child += FANOUT, parent++) {
      let minX = 0x7fffffff;
      let minY = 0x7fffffff;
      let maxX = -0x80000000;
      let maxY = -0x80000000;
      for (let i = child; i < Math.min(child + FANOUT, end); i++) {
        minX = Math.min(minX, boxes[4 * i]!);
        minY = Math.min(minY, boxes[4 * i + 1]!);
        maxX = Math.max(maxX, boxes[4 * i + 2]!);
        maxY = Math.max(maxY, boxes[4 * i + 3]!);
      }
      boxes.set([minX, minY, maxX, maxY], 4 * parent);
    }
    child = end;
  }
  return boxes;
}

/** Boxes in the tree over so many leaves. */
export function treeNodes(leaves: number): number {
  return levelSizes(leaves).reduce((sum, size) => sum + size, 0);
}

/** A packed tree to search. */
export class PageTree {
  readonly #starts: number[] = [];
  readonly #sizes: number[];

  /** @param boxes as packTree made them over `leaves` boxes */
  constructor(
    private readonly boxes: Int32Array,
    leaves: number,
  ) {
    this.#sizes = levelSizes(leaves);
    let start = 0;
    for (const size of this.#sizes) {
      this.#starts.push(start);
      start += size;
    }
    if (start * 4 !== boxes.length) throw new RangeError('the tree does not fit its leaves');
  }

  /** Appends to `found` the leaves whose box meets the given one (edges included), in ascending order. */
  search(minX: number, minY: number, maxX: number, maxY: number, found: number[]): void {
    const root = this.#sizes.length - 1;
    if (root >= 0) this.#visit(root, 0, this.#sizes[root]!, minX, minY, maxX, maxY, found);
  }

  #visit(level: number, from: number, to: number, minX: number, minY: number, maxX: number, maxY: number, found: number[]): void {
    const { boxes } = this;
    const start = this.#starts[level]!;
    for (let i = from; i < to; i++) {
      const at = 4 * (start + i);
      if (boxes[at]! > maxX || boxes[at + 1]! > maxY || boxes[at + 2]! < minX || boxes[at + 3]! < minY) continue;
      if (level === 0) found.push(i);
      else this.#visit(level - 1, i * FANOUT, Math.min((i + 1) * FANOUT, this.#sizes[level - 1]!), minX, minY, maxX, maxY, found);
    }
  }
}

function levelSizes(leaves: number): number[] {
  const sizes = leaves > 0 ? [leaves] : [];
  for (let size = leaves; size > 1; ) {
    size = Math.ceil(size / FANOUT);
    sizes.push(size);
  }
  return sizes;
}
