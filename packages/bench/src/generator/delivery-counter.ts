import { readDigits } from "./digits.ts";
import type { Metrics } from "./metrics.ts";

export interface NativeReplies {
  ok(ref: number, offset: number): void;
  /** @param text the frame, or as much of it as names the error */
  refused(ref: number, text: string): void;
}

/**
 * A quote inside a JSON string has a backslash before it, so these bytes can only begin an element: the messages of the
 * benchmark have strings alone as `data`.
 */
const OP = Buffer.from('{"op":"');
const MESSAGE_OP = Buffer.from('{"op":"message"');
const OFFSET = Buffer.from('"offset":');
const REF = Buffer.from('"ref":');
const BATCH = "[".charCodeAt(0);
const letter = (text: string) => text.charCodeAt(0);
const KIND = { message: letter("m"), ok: letter("o"), error: letter("e") } as const;
/** Of so many frames of a generator one is walked through, as a check on the counting by edges. */
const SPOT_CHECK = 64;

/**
 * Counts the messages that one native connection receives, without parsing JSON. The offsets of an unfiltered room are
 * contiguous: a frame's first and last offset say how many messages it holds, and the first must follow the last one of
 * the frame before. It reads every element where replies may be mixed in, and in spot checks.
 */
export class DeliveryCounter {
  /** The bytes needed at either end of a frame of the bench's messages. */
  static readonly EDGE = 2048;

  readonly #name: string;
  readonly #metrics: Metrics;
  readonly #replies: NativeReplies;
  readonly #repliesMayMix: boolean;
  #last = 0;

  /**
   * @param name for fault reports
   * @param repliesMayMix whether acks may share frames with messages: then it reads every element, and needs whole frames
   */
  constructor(name: string, metrics: Metrics, replies: NativeReplies, repliesMayMix: boolean) {
    this.#name = name;
    this.#metrics = metrics;
    this.#replies = replies;
    this.#repliesMayMix = repliesMayMix;
  }

  /** The newest offset received; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  data(bytes: Buffer, start: number, end: number, length: number): void {
    const whole = length === end - start;
    if (this.#repliesMayMix || !beginsWithMessage(bytes, start)) {
      if (whole) this.#walk(bytes, start, end);
      else this.#metrics.faults.add(`${this.#name}: a long frame begins with something else than a message`);
      return;
    }
    if (whole && this.#metrics.frames >= this.#metrics.nextSpotCheck) {
      this.#metrics.nextSpotCheck = this.#metrics.frames + SPOT_CHECK;
      this.#walk(bytes, start, end);
    } else {
      this.#edges(bytes, start, end, length);
    }
  }

  #edges(bytes: Buffer, start: number, end: number, length: number): void {
    const first = readDigits(bytes, bytes.indexOf(OFFSET, start) + OFFSET.length);
    const last = readDigits(bytes, bytes.lastIndexOf(OFFSET, end - OFFSET.length) + OFFSET.length);
    const count = last - first + 1;
    if (!(count >= 1 && count * MESSAGE_OP.length <= length)) {
      this.#metrics.faults.add(
        `${this.#name}: a frame of ${length} bytes goes from offset ${first} to ${last}`,
      );
      return;
    }
    this.#follow(first);
    this.#last = last;
    this.#metrics.deliveries += count;
    this.#metrics.frames += 1;
    this.#metrics.bytes += length;
    if (this.#metrics.specimen === undefined) {
      const at = bytes.indexOf(OP, start);
      this.#metrics.specimen = element(bytes, at, bytes.indexOf(OP, at + OP.length), end);
    }
  }

  #walk(bytes: Buffer, start: number, end: number): void {
    let messages = 0;
    let at = bytes.indexOf(OP, start);
    while (at !== -1 && at < end) {
      const kind = bytes[at + OP.length];
      const next = bytes.indexOf(OP, at + OP.length);
      if (kind === KIND.message) {
        const offset = readDigits(bytes, bytes.indexOf(OFFSET, at) + OFFSET.length);
        this.#follow(offset);
        this.#last = offset;
        messages += 1;
      } else if (kind === KIND.ok && bytes[at + OP.length + 1] === letter("k")) {
        this.#replies.ok(
          readDigits(bytes, bytes.indexOf(REF, at) + REF.length),
          readDigits(bytes, bytes.indexOf(OFFSET, at) + OFFSET.length),
        );
      } else if (kind === KIND.error && bytes[at + OP.length + 1] === letter("r")) {
        const text = element(bytes, at, next, end);
        this.#replies.refused(Number(/"ref":(\d+)/.exec(text)?.[1]), text);
      }
      at = next;
    }
    if (messages === 0) return;
    this.#metrics.deliveries += messages;
    this.#metrics.frames += 1;
    this.#metrics.bytes += end - start;
  }

  #follow(offset: number): void {
    const expected = this.#last + 1;
    if (offset === expected) return;
    const what = offset > expected ? "gap" : "repeat";
    this.#metrics.faults.add(`${this.#name}: ${what}: offset ${offset} came where ${expected} was next`);
  }
}

function beginsWithMessage(bytes: Buffer, start: number): boolean {
  const from = bytes[start] === BATCH ? start + 1 : start;
  return bytes.compare(MESSAGE_OP, 0, MESSAGE_OP.length, from, from + MESSAGE_OP.length) === 0;
}

/** The element at `at`, up to the next one or to the end of its frame. */
function element(bytes: Buffer, at: number, next: number, end: number): string {
  return bytes.toString("utf8", at, next === -1 || next > end ? end : next).replace(/[,\]]$/, "");
}
