import type { EngineNode, Page, PageLimit, Range } from "../engines/engine.ts";

/** Reads of the log in order of arrival, a bounded number at a time: pages under way are memory. */
export class Reads {
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly engine: EngineNode,
    private readonly most: number,
  ) {}

  /** @throws {EngineError} as `EngineNode.read` does. */
  async page(room: string, range: Range, limit: PageLimit): Promise<Page> {
    if (this.#underWay >= this.most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#underWay++;
    try {
      return await this.engine.read(room, range, limit);
    } finally {
      this.#underWay--;
      this.#waiting.shift()?.();
    }
  }
}
