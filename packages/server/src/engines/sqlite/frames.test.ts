import { expect, test } from "bun:test";
import fc from "fast-check";
import { identified, numbered, times } from "../../../testing/engine-contract/samples.ts";
import type { NodeRequest } from "../broker/node-request.ts";
import type { Outcome } from "../engine.ts";
import { decodeNotices, NoticeWriter } from "./notice-frame.ts";
import { decodeOffsets, encodeOffsets } from "./offset-list.ts";
import { decodePage, encodePage } from "./page-frame.ts";
import { decodeRequests, encodeRequests } from "./request-frame.ts";

const message = { offset: 7, id: "m", type: "chat", from: "", at: 1_700_000_000_000, data: '{"text":"🎺"}' };

test("a request frame is one field a line", () => {
  const append = { ...numbered(3, "hi"), id: "m", at: 5 };
  const frame = encodeRequests([append, { kind: "tail", room: "chat:two" }]);
  expect(frame).toBe('n\npublisher-0123456789\n3\nchat:one\nm\nchat\nEren\n5\n{"text":"hi"}\nt\nchat:two');
});

test("every kind of request crosses as it was", () => {
  const requests: NodeRequest[] = [
    numbered(1),
    identified("m"),
    { ...identified("n", ""), recognition: { by: "nothing" }, from: "" },
    { kind: "enter", room: "r", attendee: { key: "k", user: "Eren", since: 1 } },
    { kind: "leave", room: "r", key: "k" },
    { kind: "relay", room: "r", event: { type: "typing", from: "Eren", data: "{}" } },
    { kind: "tail", room: "r" },
    { kind: "untail", room: "r" },
    { kind: "watch", pattern: "r*" },
    { kind: "unwatch", pattern: "r*" },
    { kind: "disconnect" },
  ];
  expect(decodeRequests(encodeRequests(requests))).toEqual(requests);
});

test("every kind of notice crosses as it was", () => {
  const outcomes: Outcome[] = [
    { kind: "kept", epoch: "e1", offset: 1, duplicate: false },
    { kind: "kept", epoch: "e2", offset: 2, duplicate: true },
    { kind: "conflict" },
    { kind: "out-of-sequence", expected: 4 },
    { kind: "too-old" },
    { kind: "unknown-publisher" },
    { kind: "unavailable", reason: "no space" },
  ];
  const event = { type: "typing", from: "Eren", data: "{}" };
  const attendee = { key: "k", user: "Eren", since: 1 };
  const writer = new NoticeWriter();
  for (const outcome of outcomes) writer.outcome(outcome, outcome.kind === "kept" && !outcome.duplicate);
  writer.change({ kind: "message", room: "r", message });
  writer.change({ kind: "event", room: "r", event });
  writer.change({ kind: "entered", room: "r", attendee });
  writer.change({ kind: "left", room: "r", key: "k" });
  writer.opened("r", { epoch: "e", head: 5, attendees: [attendee, attendee] });
  writer.watching("r*");
  writer.health({ ok: true });
  writer.health({ ok: false, reason: "two\nlines" });
  writer.disconnected();
  expect([...decodeNotices(writer.take())]).toEqual([
    ...outcomes.map((outcome, i) => ({ kind: "outcome" as const, outcome, subscribed: i === 0 })),
    { kind: "change", change: { kind: "message", room: "r", message } },
    { kind: "change", change: { kind: "event", room: "r", event } },
    { kind: "change", change: { kind: "entered", room: "r", attendee } },
    { kind: "change", change: { kind: "left", room: "r", key: "k" } },
    { kind: "opened", room: "r", snapshot: { epoch: "e", head: 5, attendees: [attendee, attendee] } },
    { kind: "watching", pattern: "r*" },
    { kind: "health", health: { ok: true } },
    { kind: "health", health: { ok: false, reason: "two lines" } },
    { kind: "disconnected" },
  ]);
});

test("a page crosses as it was, empty or not", () => {
  for (const messages of [[], [message, { ...message, offset: 8 }]]) {
    const page = { epoch: "e", oldest: 7, head: 8, messages };
    expect(decodePage(encodePage(page))).toEqual(page);
  }
});

test("a list of offsets is read as it was written, whatever their distance", () => {
  const distances = fc.array(
    fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 46 })),
    {
      maxLength: 64,
    },
  );
  fc.assert(
    fc.property(distances, (steps) => {
      let offset = 0;
      const offsets = steps.map((step) => (offset += step));
      expect(decodeOffsets(encodeOffsets(offsets))).toEqual(offsets);
    }),
  );
  expect(encodeOffsets(times(64, (i) => i + 1_000_000))).toHaveLength(3 + 63);
});
