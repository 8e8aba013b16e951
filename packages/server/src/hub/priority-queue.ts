interface Entry<Item> {
  readonly rank: number;
  readonly order: number;
  readonly item: Item;
}

/** Hands out the item of the lowest rank first; of equal ranks, the one that came first. A binary heap. */
export class PriorityQueue<Item> {
  readonly #heap: Entry<Item>[] = [];
  #added = 0;

  get size(): number {
    return this.#heap.length;
  }

  get first(): Item | undefined {
    return this.#heap[0]?.item;
  }

  add(rank: number, item: Item): void {
    const heap = this.#heap;
    const entry = { rank, order: this.#added++, item };
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  pop(): Item | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first?.item;
    let at = 0;
    while (true) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, last)) break;
      const next = child === left ? 2 * at + 1 : 2 * at + 2;
      heap[at] = child;
      at = next;
    }
    heap[at] = last;
    return first.item;
  }
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.order < b.order);
}
