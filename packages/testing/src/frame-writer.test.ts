import { expect, test } from "bun:test";
import { clientFrame, FrameWriter, OPCODE, textFrame } from "./frame-writer.ts";

test("writes masked frames whose key is 0, in the shortest form of the length", () => {
  expect([...textFrame("Hi")]).toEqual([0x81, 0x82, 0, 0, 0, 0, 0x48, 0x69]);
  expect([...textFrame("é")]).toEqual([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0xa9]);
  expect([...textFrame("x".repeat(125)).subarray(0, 7)]).toEqual([0x81, 0xfd, 0, 0, 0, 0, 0x78]);
  expect([...textFrame("x".repeat(126)).subarray(0, 9)]).toEqual([0x81, 0xfe, 0, 126, 0, 0, 0, 0, 0x78]);
  const long = textFrame("x".repeat(65_536));
  expect([...long.subarray(0, 15)]).toEqual([0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x78]);
  expect(long.length).toBe(14 + 65_536);
});

test("puts one frame behind the other, and begins anew after clear", () => {
  const writer = new FrameWriter();
  writer.text("a");
  writer.frame(OPCODE.pong, Buffer.from("b"));
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

test("masks by a key, and says which fragment is the last and whether it is compressed", () => {
  const masked = clientFrame(OPCODE.text, Buffer.from("Hello"), { maskingKey: 0x37fa213d });
  expect(masked.toString("hex")).toBe("818537fa213d7f9f4d5158"); // RFC 6455 section 5.7
  expect([...clientFrame(OPCODE.text, Buffer.from("a"), { final: false }).subarray(0, 2)]).toEqual([1, 0x81]);
  expect(clientFrame(OPCODE.text, Buffer.from("a"), { compressed: true })[0]).toBe(0xc1);
});
