/**
 * The file beside the database that says how far its log has got: what the database alone cannot know after it lost its
 * end or was put back. Written after each commit, before any node learns of it; so after a crash the log reaches at least
 * as far as the mark.
 *
 * It has two slots with a checksum each, written in turn: of a write that a power loss cut short the other is left.
 */
import { closeSync, constants, fdatasync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { syncDirectory } from "../../files/durable-file.ts";
import { makePrivate } from "../../files/private-file.ts";

export const MARK_FILE = "fanfare.mark";

export interface Mark {
  /** Of the log's life. */
  readonly life: string;
  /** Which file the database is, see `fileIdentity`. */
  readonly file: string;
  /** `messages.key` of the newest message. */
  readonly newest: number;
}

const FORMAT = "fanfare mark 1";
/** A slot each in a block of the disk's own. */
const SLOT_BYTES = 4096;
const RECORD_BYTES = 256;

export class HighWaterMark {
  readonly #directory: string;
  readonly #descriptor: number;
  readonly #buffer = Buffer.alloc(RECORD_BYTES);
  #serial: number;
  #unsynced = false;
  #closed = false;

  private constructor(directory: string, descriptor: number, serial: number) {
    this.#directory = directory;
    this.#descriptor = descriptor;
    this.#serial = serial;
  }

  /** Opens the file, and creates it if need be. `last` is undefined if it has no valid slot. @throws what the system says. */
  static open(directory: string): { readonly mark: HighWaterMark; readonly last: Mark | undefined } {
    const { O_RDWR, O_CREAT } = constants;
    const path = join(directory, MARK_FILE);
    const descriptor = openSync(path, O_RDWR | O_CREAT, 0o600);
    makePrivate([path]);
    const slots = [0, 1].flatMap((slot) => readSlot(descriptor, slot) ?? []);
    const newest = slots.sort((a, b) => b.serial - a.serial)[0];
    return { mark: new HighWaterMark(directory, descriptor, newest?.serial ?? 0), last: newest?.mark };
  }

  /** @throws what the system says; the slot of the time before is left as it is. */
  write({ life, file, newest }: Mark): void {
    const serial = this.#serial + 1;
    const text = [FORMAT, serial, life, file, newest].join("\n");
    this.#buffer.fill(" ");
    this.#buffer.write(`${text}\n${checksum(text)}\n`);
    writeSync(this.#descriptor, this.#buffer, 0, RECORD_BYTES, (serial % 2) * SLOT_BYTES);
    this.#serial = serial;
    this.#unsynced = true;
  }

  /** Begins to bring the file to the disk, without waiting. A failure is tried again with the next call. */
  sync(): void {
    if (!this.#unsynced || this.#closed) return;
    this.#unsynced = false;
    fdatasync(this.#descriptor, (error) => {
      if (error !== null) this.#unsynced = true;
    });
  }

  /** Brings the file, and its name, to the disk. @throws what the system says. */
  syncNow(): void {
    fsyncSync(this.#descriptor);
    this.#unsynced = false;
    syncDirectory(this.#directory);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#descriptor);
  }
}

function readSlot(descriptor: number, slot: number): { serial: number; mark: Mark } | undefined {
  const buffer = Buffer.alloc(RECORD_BYTES);
  const length = readSync(descriptor, buffer, 0, RECORD_BYTES, slot * SLOT_BYTES);
  const lines = buffer.toString("utf8", 0, length).split("\n");
  const [format, serial, life = "", file = "", newest, sum] = lines;
  if (format !== FORMAT || sum !== checksum(lines.slice(0, 5).join("\n"))) return undefined;
  return { serial: Number(serial), mark: { life, file, newest: Number(newest) } };
}

function checksum(text: string): string {
  return Bun.hash.crc32(text).toString(16);
}
