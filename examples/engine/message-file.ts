/** A file that grows by whole lines, each of which is on the disk before `append` returns. */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";

export class MessageFile {
  readonly #path: string;
  readonly #descriptor: number;
  /** Bytes up to the last line that was appended whole; what a crash or a full disk left behind them is cut off. */
  #length: number;
  #isTorn = true;

  /** Opens the file, and creates it if need be. @throws what the file system says. */
  constructor(path: string) {
    this.#path = path;
    this.#descriptor = openSync(path, "a", 0o600);
    this.#length = readFileSync(path).lastIndexOf("\n") + 1;
  }

  lines(): string[] {
    return readFileSync(this.#path).toString("utf8", 0, this.#length).split("\n").slice(0, -1);
  }

  /** Appends all of the lines or none. @throws what the file system says. */
  append(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join("");
    if (this.#isTorn) ftruncateSync(this.#descriptor, this.#length);
    this.#isTorn = true;
    writeFileSync(this.#descriptor, text);
    fsyncSync(this.#descriptor);
    this.#isTorn = false;
    this.#length += Buffer.byteLength(text);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
