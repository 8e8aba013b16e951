import { expect, test } from "bun:test";
import { FrameError, FrameParser } from "./frame-parser.ts";

/** Records what a parser reports. */
class Listener {
  readonly parsed: string[] = [];

  data(bytes: Buffer, start: number, end: number, length: number): void {
    this.parsed.push(`${length}:${bytes.toString("latin1", start, end)}`);
  }

  control(opcode: number, bytes: Buffer, start: number, end: number): void {
    this.parsed.push(`control ${opcode}:${bytes.toString("latin1", start, end)}`);
  }
}

function walk(chunks: readonly Buffer[], edge?: number): string[] {
  const listener = new Listener();
  const parser = new FrameParser(listener, edge);
  for (const chunk of chunks) parser.push(chunk);
  return listener.parsed;
}

const hello = Buffer.from([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]); // RFC 6455 section 5.7
const empty = Buffer.from([0x81, 0x00]);
const binary = Buffer.from([0x82, 0x01, 0x2a]);
const ping = Buffer.from([0x89, 0x02, 0x68, 0x69]);
const close = Buffer.from([0x88, 0x04, 0x0f, 0xa0, 0x6e, 0x6f]);
const medium = Buffer.concat([Buffer.from([0x81, 0x7e, 0x00, 0x80]), Buffer.alloc(128, "m")]);
const large = Buffer.concat([
  Buffer.from([0x81, 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00]),
  Buffer.alloc(65_536, "l"),
]);
const stream = Buffer.concat([hello, empty, medium, binary, ping, close, hello]);
const expected = [
  "5:Hello",
  "0:",
  `128:${"m".repeat(128)}`,
  "1:*",
  "control 9:hi",
  "control 8:\x0f\xa0no",
  "5:Hello",
];

test("reads frames with short, 16-bit and 64-bit lengths", () => {
  expect(walk([stream])).toEqual(expected);
  expect(walk([large, hello])).toEqual([`65536:${"l".repeat(65_536)}`, "5:Hello"]);
});

test("reads the same at every split point, and at every pair of them", () => {
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 1) {
      const chunks = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
      expect(walk(chunks)).toEqual(expected);
    }
  }
});

test("reads the same byte by byte, and a split 64-bit header", () => {
  expect(walk(Array.from(stream, (byte) => Buffer.from([byte])))).toEqual(expected);
  for (let split = 0; split <= 12; split += 1) {
    const parsed = walk([large.subarray(0, split), large.subarray(split)]);
    expect(parsed).toEqual([`65536:${"l".repeat(65_536)}`]);
  }
});

test("keeps only the edges of a long payload that arrives in pieces", () => {
  const payload = Buffer.from("abcdefghijklmnopqrstuvwxyz");
  const frame = Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
  for (let split = 3; split < frame.length; split += 1) {
    const parsed = walk([frame.subarray(0, split), frame.subarray(split), hello], 4);
    expect(parsed).toEqual(["26:abcdwxyz", "5:Hello"]);
  }
  const byBytes = Array.from(frame, (byte) => Buffer.from([byte]));
  expect(walk(byBytes, 4)).toEqual(["26:abcdwxyz"]);
  expect(walk(byBytes, 13)).toEqual([`26:${payload}`]);
  expect(walk([frame], 4)).toEqual([`26:${payload}`]);
});

test("refuses what a server that was offered nothing never sends", () => {
  const walking = (...bytes: number[]) => walk([Buffer.from(bytes)]);
  expect(() => walking(0x81, 0x85)).toThrow(FrameError); // masked
  expect(() => walking(0x01, 0x01, 0x61)).toThrow(FrameError); // the first fragment of several
  expect(() => walking(0x80, 0x01, 0x61)).toThrow(FrameError); // the last one
  expect(() => walking(0xc1, 0x01, 0x61)).toThrow(FrameError); // compressed
  expect(() => walking(0x83, 0x00)).toThrow(FrameError); // an opcode that does not exist
});
