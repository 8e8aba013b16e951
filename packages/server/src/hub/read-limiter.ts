import type { EngineNode, Page, PageLimit, Range } from "../engines/engine.ts";

/** Reads the log in order of arrival, a bounded number at a time: pages under way are memory. */
export class ReadLimiter {
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly engine: Pick<EngineNode, "read">,
    private readonly most: number,
  ) {}

  /** @throws {EngineError} as `EngineNode.read` does. */
  async read(room: string, range: Range, limit: PageLimit): Promise<Page> {
    // Whoever waits is handed the place of one who leaves; nobody can slip in between.
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
