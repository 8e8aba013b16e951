import { expect, test } from "bun:test";
import { OPCODE } from "./frame-walker.ts";
import { FrameWriter, frameOf } from "./frame-writer.ts";

test("writes masked frames whose key is 0, in the shortest form of the length", () => {
  expect([...frameOf("Hi")]).toEqual([0x81, 0x82, 0, 0, 0, 0, 0x48, 0x69]);
  expect([...frameOf("é")]).toEqual([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0xa9]);
  expect([...frameOf("x".repeat(125)).subarray(0, 7)]).toEqual([0x81, 0xfd, 0, 0, 0, 0, 0x78]);
  expect([...frameOf("x".repeat(126)).subarray(0, 9)]).toEqual([0x81, 0xfe, 0, 126, 0, 0, 0, 0, 0x78]);
  const long = frameOf("x".repeat(65_536));
  expect([...long.subarray(0, 15)]).toEqual([0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x78]);
  expect(long.length).toBe(14 + 65_536);
});

test("puts one frame behind the other, and begins anew after clear", () => {
  const writer = new FrameWriter();
  writer.text("a");
  writer.control(OPCODE.pong, Buffer.from("b"));
  expect([...writer.bytes]).toEqual([0x81, 0x81, 0, 0, 0, 0, 0x61, 0x8a, 0x81, 0, 0, 0, 0, 0x62]);
  writer.clear();
  writer.text("");
  expect([...writer.bytes]).toEqual([0x81, 0x80, 0, 0, 0, 0]);
});

test("keeps what it holds when it grows", () => {
  const writer = new FrameWriter();
  for (let count = 0; count < 20; count += 1) writer.text("y".repeat(10_000));
  expect(writer.size).toBe(20 * 10_008);
  expect(writer.bytes.subarray(8, 10_008).every((byte) => byte === 0x79)).toBe(true);
});
