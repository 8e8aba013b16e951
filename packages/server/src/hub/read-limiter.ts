import type { EngineNode, Page, PageLimit, Range } from "../engines/engine.ts";

/** Reads the log in order of arrival, a bounded number at a time: each page under way takes memory. */
export class ReadLimiter {
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly engine: Pick<EngineNode, "read">,
    private readonly most: number,
  ) {}

  /** @throws {EngineError} as `EngineNode.read` does. */
  async read(room: string, range: Range, limit: PageLimit): Promise<Page> {
    // A read that ends hands its place to the next one that waits, so that no later read overtakes it.
    if (this.#underWay < this.most) this.#underWay++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.engine.read(room, range, limit);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#underWay--;
      else next();
    }
  }
}
