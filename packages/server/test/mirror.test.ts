import { expect, test } from "bun:test";
import { OPCODE } from "@fanfare/testing/frame-writer";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { openServer } from "@fanfare/testing/test-server";

test("MIRROR-1: text comes back as text and binary as binary, byte for byte, empty and large and in fragments", async () => {
  await using server = await openServer({ mounts: [{ path: "/mirror", dialect: "mirror" }] });
  const raw = await RawSocket.open(server.url, "/mirror");
  const noise = Buffer.from(Array.from({ length: 65_536 }, (_, i) => (i * 7) % 256));
  const frames = [
    { opcode: OPCODE.text, payload: Buffer.from("text 🎺") },
    { opcode: OPCODE.binary, payload: Buffer.from("text") },
    { opcode: OPCODE.binary, payload: Buffer.from([0xff, 0xfe, 0x00]) },
    { opcode: OPCODE.text, payload: Buffer.alloc(0) },
    { opcode: OPCODE.binary, payload: Buffer.alloc(0) },
    { opcode: OPCODE.binary, payload: noise },
    { opcode: OPCODE.text, payload: Buffer.alloc(65_536, "x") },
  ];
  for (const { opcode, payload } of frames) raw.frame(opcode, payload);
  raw.frame(OPCODE.binary, noise.subarray(0, 300), false);
  raw.frame(OPCODE.continuation, noise.subarray(300, 600), true);
  const whole = { opcode: OPCODE.binary, payload: noise.subarray(0, 600) };
  const back = await raw.frames.take(frames.length + 1);
  for (const [i, { opcode, payload }] of [...frames, whole].entries()) {
    expect([i, back[i]?.opcode, back[i]?.payload.equals(payload)]).toEqual([i, opcode, true]);
  }
  raw.frame(OPCODE.text, Buffer.from([0xff]));
  expect(await raw.closed()).toMatchObject({ code: 1007 });
});

test("MIRROR-1: it is not mounted unless it is asked for", async () => {
  await using server = await openServer();
  expect((await fetch(new URL("/mirror", server.url))).status).toBe(404);
});
