/** What the worker sends a node. The node's own messages come back as offsets: it still has their text. */
import {
  type Attendee,
  type Change,
  EngineError,
  type EngineHealth,
  type Outcome,
  type RoomSnapshot,
} from "../engine.ts";
import type { Failure } from "./failure.ts";
import { FrameReader, FrameWriter } from "./frame.ts";
import { putMessage, takeMessage } from "./page-frame.ts";

/** One part of what the worker sends; outcomes are those of the node's appends, in order of submission. */
export type Notice =
  /** `subscribed`: the message is also a change in a room that the node tails or watches. */
  | { readonly kind: "outcome"; readonly outcome: Outcome; readonly subscribed: boolean }
  | { readonly kind: "change"; readonly change: Change }
  | { readonly kind: "opened"; readonly room: string; readonly snapshot: RoomSnapshot }
  | { readonly kind: "refused"; readonly room: string; readonly error: EngineError }
  | { readonly kind: "watching"; readonly pattern: string }
  | { readonly kind: "settled" }
  | { readonly kind: "health"; readonly health: EngineHealth }
  | { readonly kind: "disconnected" };

/** What a node receives: notices, or the answer to a read. */
export type ToNode =
  | { readonly kind: "notices"; readonly frame: string }
  | { readonly kind: "page"; readonly id: number; readonly frame: string }
  | { readonly kind: "failure"; readonly id: number; readonly failure: Failure };

/** First field of each notice. */
const TAG = {
  /** The epoch of the outcomes that follow. */
  epoch: "E",
  kept: "k",
  keptAndDelivered: "K",
  duplicate: "d",
  conflict: "c",
  outOfSequence: "s",
  tooOld: "o",
  unknownPublisher: "u",
  unavailable: "f",
  message: "m",
  event: "e",
  entered: "a",
  left: "l",
  settled: "S",
  opened: "O",
  refused: "R",
  watching: "w",
  healthy: "h",
  unhealthy: "H",
  disconnected: "g",
} as const;

export class NoticeWriter {
  readonly #frame = new FrameWriter();
  #epoch: string | undefined;

  get empty(): boolean {
    return this.#frame.empty;
  }

  /** Gives the frame, and begins another. */
  take(): string {
    this.#epoch = undefined;
    return this.#frame.take();
  }

  outcome(outcome: Outcome, subscribed: boolean): void {
    switch (outcome.kind) {
      case "kept":
        if (outcome.epoch !== this.#epoch) this.#frame.put(TAG.epoch, outcome.epoch);
        this.#epoch = outcome.epoch;
        this.#frame.put(
          outcome.duplicate ? TAG.duplicate : subscribed ? TAG.keptAndDelivered : TAG.kept,
          String(outcome.offset),
        );
        break;
      case "conflict":
        this.#frame.put(TAG.conflict);
        break;
      case "out-of-sequence":
        this.#frame.put(TAG.outOfSequence, String(outcome.expected));
        break;
      case "too-old":
        this.#frame.put(TAG.tooOld);
        break;
      case "unknown-publisher":
        this.#frame.put(TAG.unknownPublisher);
        break;
      case "unavailable":
        this.#frame.put(TAG.unavailable, oneLine(outcome.reason));
        break;
    }
  }

  change(change: Change): void {
    switch (change.kind) {
      case "message":
        this.#frame.put(TAG.message, change.room);
        putMessage(this.#frame, change.message);
        break;
      case "event":
        this.#frame.put(TAG.event, change.room, change.event.type, change.event.from, change.event.data);
        break;
      case "entered":
        this.#frame.put(TAG.entered, change.room);
        putAttendee(this.#frame, change.attendee);
        break;
      case "left":
        this.#frame.put(TAG.left, change.room, change.key);
        break;
    }
  }

  settled(): void {
    this.#frame.put(TAG.settled);
  }

  opened(room: string, { epoch, head, attendees }: RoomSnapshot): void {
    this.#frame.put(TAG.opened, room, epoch, String(head), String(attendees.length));
    for (const attendee of attendees) putAttendee(this.#frame, attendee);
  }

  /** @param error `damaged`: no other refuses a tail */
  refused(room: string, { message }: EngineError): void {
    this.#frame.put(TAG.refused, room, oneLine(message));
  }

  watching(pattern: string): void {
    this.#frame.put(TAG.watching, pattern);
  }

  health(health: EngineHealth): void {
    if (health.ok) this.#frame.put(TAG.healthy);
    else this.#frame.put(TAG.unhealthy, oneLine(health.reason));
  }

  disconnected(): void {
    this.#frame.put(TAG.disconnected);
  }
}

export function* decodeNotices(frame: string): Generator<Notice> {
  const reader = new FrameReader(frame);
  let epoch = "";
  const outcome = (outcome: Outcome, subscribed = false): Notice => ({
    kind: "outcome",
    outcome,
    subscribed,
  });
  const kept = (duplicate: boolean): Outcome => ({ kind: "kept", epoch, offset: reader.number(), duplicate });
  const change = (change: Change): Notice => ({ kind: "change", change });
  while (!reader.done) {
    const tag = reader.text();
    switch (tag) {
      case TAG.epoch:
        epoch = reader.ownText();
        break;
      case TAG.kept:
        yield outcome(kept(false));
        break;
      case TAG.keptAndDelivered:
        yield outcome(kept(false), true);
        break;
      case TAG.duplicate:
        yield outcome(kept(true));
        break;
      case TAG.conflict:
        yield outcome({ kind: "conflict" });
        break;
      case TAG.outOfSequence:
        yield outcome({ kind: "out-of-sequence", expected: reader.number() });
        break;
      case TAG.tooOld:
        yield outcome({ kind: "too-old" });
        break;
      case TAG.unknownPublisher:
        yield outcome({ kind: "unknown-publisher" });
        break;
      case TAG.unavailable:
        yield outcome({ kind: "unavailable", reason: reader.text() });
        break;
      case TAG.message:
        yield change({ kind: "message", room: reader.text(), message: takeMessage(reader) });
        break;
      case TAG.event: {
        const room = reader.text();
        const event = { type: reader.text(), from: reader.text(), data: reader.text() };
        yield change({ kind: "event", room, event });
        break;
      }
      case TAG.entered:
        yield change({ kind: "entered", room: reader.ownText(), attendee: takeAttendee(reader) });
        break;
      case TAG.left:
        yield change({ kind: "left", room: reader.text(), key: reader.text() });
        break;
      case TAG.settled:
        yield { kind: "settled" };
        break;
      case TAG.opened:
        yield { kind: "opened", room: reader.ownText(), snapshot: takeSnapshot(reader) };
        break;
      case TAG.refused:
        yield {
          kind: "refused",
          room: reader.ownText(),
          error: new EngineError("damaged", reader.ownText()),
        };
        break;
      case TAG.watching:
        yield { kind: "watching", pattern: reader.ownText() };
        break;
      case TAG.healthy:
        yield { kind: "health", health: { ok: true } };
        break;
      case TAG.unhealthy:
        yield { kind: "health", health: { ok: false, reason: reader.text() } };
        break;
      case TAG.disconnected:
        yield { kind: "disconnected" };
        break;
      default:
        throw new RangeError(`no notice begins with ${JSON.stringify(tag)}`);
    }
  }
}

function putAttendee(frame: FrameWriter, { key, user, since }: Attendee): void {
  frame.put(key, user, String(since));
}

function takeAttendee(frame: FrameReader): Attendee {
  return { key: frame.ownText(), user: frame.ownText(), since: frame.number() };
}

function takeSnapshot(frame: FrameReader): RoomSnapshot {
  const [epoch, head, count] = [frame.ownText(), frame.number(), frame.number()];
  return { epoch, head, attendees: Array.from({ length: count }, () => takeAttendee(frame)) };
}

/** Reasons come from SQLite and may have any text. */
function oneLine(text: string): string {
  return text.replaceAll("\n", " ");
}
