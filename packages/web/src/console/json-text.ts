import type { Json } from "@fanfare/client";

export type JsonResult =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly message: string; readonly line: number; readonly column: number };

/** Levels of nesting that the server accepts (SPEC FRAME-6), without those of the frame itself. */
const DEEPEST = 60;

/** Parses JSON, with the first error and its place. Lines and columns start at 1; columns are characters. */
export function readJson(text: string): JsonResult {
  try {
    const value: Json = JSON.parse(text);
    const deep = new Scanner(text).check();
    return deep === undefined ? { ok: true, value } : placed(text, deep);
  } catch {
    return placed(text, new Scanner(text).check() ?? { at: text.length, message: "This is not JSON" });
  }
}

interface Fault {
  readonly at: number;
  readonly message: string;
}

function placed(text: string, { at, message }: Fault): JsonResult {
  const before = text.slice(0, at).split("\n");
  return { ok: false, message, line: before.length, column: [...(before.at(-1) ?? "")].length + 1 };
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const SPACE = /[ \t\r\n]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Finds the first error in a text. Browsers word it differently, and not all of them give its place. */
class Scanner {
  #at = 0;

  constructor(private readonly text: string) {}

  check(): Fault | undefined {
    try {
      this.#space();
      if (this.#at === this.text.length) this.#fail('Write something: a text goes in "quotes"');
      this.#value(0);
      this.#space();
      if (this.#at < this.text.length)
        this.#fail(`Nothing may follow the value, but here is ${this.#here()}`);
      return undefined;
    } catch (fault) {
      if (fault instanceof FaultFound) return fault.fault;
      throw fault;
    }
  }

  #value(depth: number): void {
    if (depth > DEEPEST) this.#fail(`Nested deeper than ${DEEPEST} levels`);
    this.#space();
    const character = this.text[this.#at];
    if (character === "{") this.#items("}", () => this.#member(depth));
    else if (character === "[") this.#items("]", () => this.#value(depth + 1));
    else if (character === '"') this.#string();
    else if (!this.#takes(NUMBER)) this.#word();
  }

  #items(end: string, item: () => void): void {
    const opened = this.#at++;
    this.#space();
    if (this.text[this.#at] === end) {
      this.#at++;
      return;
    }
    for (;;) {
      item();
      this.#space();
      const next = this.text[this.#at++];
      if (next === end) return;
      if (next === ",") {
        this.#space();
        if (this.text[this.#at] === end) this.#fail(`No comma before ${end}`, this.#at);
        continue;
      }
      this.#at--;
      if (next === undefined) this.#fail(`${this.text[opened]} is never closed`, opened);
      this.#fail(`Expected a comma or ${end}, but here is ${this.#here()}`);
    }
  }

  #member(depth: number): void {
    this.#space();
    if (this.text[this.#at] !== '"') this.#fail(`Expected a name in "quotes", but here is ${this.#here()}`);
    this.#string();
    this.#space();
    if (this.text[this.#at] !== ":") this.#fail(`Expected a colon, but here is ${this.#here()}`);
    this.#at++;
    this.#value(depth + 1);
  }

  #string(): void {
    const opened = this.#at++;
    for (;;) {
      const character = this.text[this.#at];
      if (character === '"') break;
      if (character === undefined) this.#fail("This text is never closed", opened);
      else if (character === "\\") {
        if (!this.#takes(ESCAPE)) this.#fail("No such escape; a backslash is written \\\\");
      } else if (character < " ") this.#fail("A text may not go over its line; a line end is written \\n");
      else this.#at++;
    }
    this.#at++;
  }

  #word(): void {
    const start = this.#at;
    if (!this.#takes(WORD)) this.#fail(`Expected a value, but here is ${this.#here()}`);
    const word = this.text.slice(start, this.#at);
    if (word !== "true" && word !== "false" && word !== "null")
      this.#fail(`A text goes in "quotes": ${word.slice(0, 20)}`, start);
  }

  #space(): void {
    this.#takes(SPACE);
  }

  #takes(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const isThere = pattern.test(this.text);
    if (isThere) this.#at = pattern.lastIndex;
    return isThere;
  }

  #here(): string {
    const character = this.text.codePointAt(this.#at);
    return character === undefined ? "the end" : String.fromCodePoint(character);
  }

  #fail(message: string, at = this.#at): never {
    throw new FaultFound({ at, message });
  }
}

class FaultFound extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}
