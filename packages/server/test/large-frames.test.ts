import { describe, expect, test } from "bun:test";
import { OPCODE } from "@fanfare/testing/frame-writer";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { openServer } from "@fanfare/testing/test-server";

const KIB = 1024;
const MIB = 1024 * KIB;
const LARGEST = 16 * MIB;
const mounts = [{ path: "/mirror", dialect: "mirror" }] as const;

/** What takes frames of 16 MiB, as `fanfare serve` would have it configured. */
const limits = {
  frameIn: LARGEST,
  frameOut: LARGEST,
  waitingPerClient: 2 * LARGEST,
  uncommittedPerConnection: 2 * LARGEST,
};

/** Bytes that differ from place to place, so that none can be lost or swapped unnoticed. */
const noise = Buffer.from(Uint32Array.from({ length: LARGEST / 4 }, (_, i) => i * 2_654_435_761).buffer);
/** The same as text: each byte is a hexadecimal digit, with a character of three bytes now and then. */
const text = Buffer.from(
  `${noise.toString("hex", 0, LARGEST / 2 - 3 * KIB)}${"日".repeat(2 * KIB)}`.padEnd(LARGEST, "."),
).subarray(0, LARGEST);

describe("LIMIT-10 MIRROR-1: frames of up to 16 MiB come back byte for byte", () => {
  for (const [what, opcode, payload] of [
    ["text", OPCODE.text, text],
    ["binary", OPCODE.binary, noise],
  ] as const) {
    for (const size of [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, LARGEST]) {
      for (const fragment of [size, 64 * KIB, 64].filter((each) => each <= size && size / each <= 4_096)) {
        const pieces = size / fragment;
        test(`${what} of ${size / KIB} KiB in ${pieces === 1 ? "one frame" : `${pieces} fragments`}`, async () => {
          await using server = await openServer({ mounts, limits });
          const raw = await RawSocket.open(server.url, "/mirror");
          const whole = payload.subarray(0, size);
          for (let at = 0; at < size; at += fragment) {
            const end = at + fragment;
            raw.frame(at === 0 ? opcode : OPCODE.continuation, whole.subarray(at, end), end >= size);
          }
          const [back] = await raw.frames.take(1);
          expect([back?.opcode, back?.payload.length]).toEqual([opcode, size]);
          expect(back?.payload.equals(whole)).toBe(true);
          raw.reset();
        });
      }
    }
  }

  for (const fragments of [1, 2]) {
    test(`one byte more in ${fragments} closes the connection with 1009`, async () => {
      await using server = await openServer({ mounts, limits });
      const raw = await RawSocket.open(server.url, "/mirror");
      raw.frame(OPCODE.binary, noise, fragments === 1 ? undefined : false);
      if (fragments === 1) raw.frame(OPCODE.binary, Buffer.concat([noise, Buffer.of(0)]));
      else raw.frame(OPCODE.continuation, Buffer.of(0), true);
      expect(await raw.closed()).toMatchObject({ code: 1009 });
    });
  }
});

test("LIMIT-10 KEEP-1 GAP-1: a message of 16 MiB is kept, delivered, replayed and read as a page of history", async () => {
  await using server = await openServer({ limits });
  const live = await NativeClient.connect(server.url, "Live");
  await live.follow("r");
  const publisher = await NativeClient.connect(server.url, "Publisher");
  const data = noise.toString("hex", 0, LARGEST / 2 - 100);
  expect(await publisher.publish("r", "note", data)).toMatchObject({ offset: 1 });
  expect(await publisher.publish("r", "note", "small")).toMatchObject({ offset: 2 });
  await live.received(2);
  const late = await NativeClient.connect(server.url, "Late");
  await late.follow("r", { history: 10 });
  for (const { messages } of [live, late]) expect(messages.map((each) => each.data)).toEqual([data, "small"]);
  const page = await late.history("r");
  expect(page).toMatchObject({ messages: [{ offset: 2, data: "small" }] });
});
