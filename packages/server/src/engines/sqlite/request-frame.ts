/** Requests of a node on their way to the worker. */

import type { NodeRequest } from "../broker/node-request.ts";
import type { PageLimit, Range, Recognition } from "../engine.ts";
import { FrameReader, FrameWriter } from "./frame.ts";

/** First field of each request. */
const TAG = {
  bare: "b",
  identified: "i",
  numbered: "n",
  enter: "e",
  leave: "l",
  relay: "r",
  tail: "t",
  untail: "u",
  watch: "w",
  unwatch: "W",
  settle: "s",
  disconnect: "g",
} as const;

export interface ReadRequest {
  /** Names the answer. */
  readonly id: number;
  readonly room: string;
  readonly range: Range;
  readonly limit: PageLimit;
}

/** What a node sends: a frame of requests, a read, or a sign of life. */
export type FromNode =
  | { readonly kind: "requests"; readonly frame: string }
  | ({ readonly kind: "read" } & ReadRequest)
  | { readonly kind: "alive" };

export function encodeRequests(requests: readonly NodeRequest[]): string {
  const frame = new FrameWriter();
  for (const request of requests) put(frame, request);
  return frame.take();
}

export function decodeRequests(frame: string): NodeRequest[] {
  const reader = new FrameReader(frame);
  const requests: NodeRequest[] = [];
  while (!reader.done) requests.push(readRequest(reader));
  return requests;
}

function put(frame: FrameWriter, request: NodeRequest): void {
  switch (request.kind) {
    case "append": {
      const { room, id, type, from, at, data, recognition } = request;
      if (recognition.by === "number") frame.put(TAG.numbered, recognition.publisher, String(recognition.n));
      else frame.put(recognition.by === "id" ? TAG.identified : TAG.bare);
      frame.put(room, id, type, from, String(at), data);
      break;
    }
    case "enter": {
      const { key, user, since } = request.attendee;
      frame.put(TAG.enter, request.room, key, user, String(since));
      break;
    }
    case "leave":
      frame.put(TAG.leave, request.room, request.key);
      break;
    case "relay":
      frame.put(TAG.relay, request.room, request.event.type, request.event.from, request.event.data);
      break;
    case "tail":
      frame.put(TAG.tail, request.room);
      break;
    case "untail":
      frame.put(TAG.untail, request.room);
      break;
    case "watch":
      frame.put(TAG.watch, request.pattern);
      break;
    case "unwatch":
      frame.put(TAG.unwatch, request.pattern);
      break;
    case "settle":
      frame.put(TAG.settle);
      break;
    case "disconnect":
      frame.put(TAG.disconnect);
      break;
  }
}

/** Owns the texts that outlive the step; of an append, what is remembered copies for itself. */
function readRequest(frame: FrameReader): NodeRequest {
  const tag = frame.text();
  switch (tag) {
    case TAG.bare:
      return takeAppend(frame, { by: "nothing" });
    case TAG.identified:
      return takeAppend(frame, { by: "id" });
    case TAG.numbered:
      return takeAppend(frame, { by: "number", publisher: frame.text(), n: frame.number() });
    case TAG.enter: {
      const room = frame.ownText();
      const attendee = { key: frame.ownText(), user: frame.ownText(), since: frame.number() };
      return { kind: "enter", room, attendee };
    }
    case TAG.leave:
      return { kind: "leave", room: frame.text(), key: frame.text() };
    case TAG.relay: {
      const room = frame.text();
      return { kind: "relay", room, event: { type: frame.text(), from: frame.text(), data: frame.text() } };
    }
    case TAG.tail:
      return { kind: "tail", room: frame.ownText() };
    case TAG.untail:
      return { kind: "untail", room: frame.text() };
    case TAG.watch:
      return { kind: "watch", pattern: frame.ownText() };
    case TAG.unwatch:
      return { kind: "unwatch", pattern: frame.text() };
    case TAG.settle:
      return { kind: "settle" };
    case TAG.disconnect:
      return { kind: "disconnect" };
    default:
      throw new RangeError(`no request begins with ${JSON.stringify(tag)}`);
  }
}

function takeAppend(frame: FrameReader, recognition: Recognition): NodeRequest {
  return {
    kind: "append",
    room: frame.text(),
    id: frame.text(),
    type: frame.text(),
    from: frame.text(),
    at: frame.number(),
    data: frame.text(),
    recognition,
  };
}
