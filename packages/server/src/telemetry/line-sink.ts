import { write } from "node:fs";

/** Bytes that may wait to be written; past it lines are dropped and counted. */
const MOST_WAITING = 4 * 1024 * 1024;
/** Ms after which a write is tried again where the file descriptor could not take more, and after any other error. */
const RETRY_FULL = 20;
const RETRY_FAILED = 1_000;
/** Errors that say that there is no reader any more. All others, such as ENOSPC, may pass. */
const NO_READER: ReadonlySet<string | undefined> = new Set(["EPIPE", "ECONNRESET", "EBADF"]);

/** As `write` of node:fs. */
export type Write = (
  fd: number,
  bytes: Uint8Array,
  done: (error: NodeJS.ErrnoException | null, written: number) => void,
) => void;

/**
 * Writes lines to a file descriptor. Its reader may be slow, stop reading or go: another thread does the writing, what
 * waits is bounded, and the server is not held up.
 */
export class LineSink {
  #waiting: string[] = [];
  #bytes = 0;
  #dropped = 0;
  #writing = false;
  #broken = false;
  #idle: (() => void)[] = [];

  constructor(
    private readonly fd: number,
    private readonly write: Write = writeToFile,
    private readonly most = MOST_WAITING,
    /** Makes the line that says how many lines were dropped. */
    private readonly gap: (lines: number) => string = () => "",
  ) {}

  put(line: string): void {
    if (this.#broken) return;
    if (this.#bytes + line.length > this.most) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      const gap = this.gap(this.#dropped);
      this.#dropped = 0;
      this.#push(gap);
    }
    this.#push(line);
    if (this.#writing) return;
    this.#writing = true;
    setImmediate(() => this.#next());
  }

  /** Resolves once nothing waits, or after `ms`. */
  async flush(ms: number): Promise<void> {
    if (!this.#writing) return;
    const idle = Promise.withResolvers<void>();
    this.#idle.push(idle.resolve);
    const timer = setTimeout(idle.resolve, ms);
    await idle.promise;
    clearTimeout(timer);
  }

  #push(line: string): void {
    this.#waiting.push(line);
    this.#bytes += line.length;
  }

  #next(): void {
    const text = this.#waiting.join("");
    this.#waiting = [];
    if (text === "" || this.#broken) this.#rest();
    else this.#write(Buffer.from(text), text.length);
  }

  #write(bytes: Uint8Array, weight: number): void {
    this.write(this.fd, bytes, (error, written) => {
      if (error !== null && NO_READER.has(error.code)) {
        this.#broken = true;
        this.#waiting = [];
        this.#rest();
      } else if (error !== null) {
        const wait = error.code === "EAGAIN" ? RETRY_FULL : RETRY_FAILED;
        setTimeout(() => this.#write(bytes, weight), wait);
      } else if (written < bytes.length) {
        this.#write(bytes.subarray(written), weight);
      } else {
        this.#bytes -= weight;
        this.#next();
      }
    });
  }

  #rest(): void {
    this.#writing = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

const writeToFile: Write = (fd, bytes, done) => {
  write(fd, bytes, 0, bytes.length, null, (error, written) => done(error, written ?? 0));
};
