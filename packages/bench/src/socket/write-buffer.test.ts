import { expect, test } from "bun:test";
import { WriteBuffer } from "./write-buffer.ts";

/** Takes so many bytes per write. */
class Pipe {
  received = "";

  constructor(public capacity: number) {}

  write(bytes: Uint8Array): number {
    const taken = Math.min(this.capacity, bytes.length);
    this.received += Buffer.from(bytes.subarray(0, taken)).toString();
    return taken;
  }
}

test("keeps the order of what is sent while the socket takes a little at a time", () => {
  const pipe = new Pipe(3);
  const outbox = new WriteBuffer();
  const bytes = Buffer.from("abcdefg");
  outbox.send(pipe, bytes);
  bytes.fill("!"); // the caller may reuse it
  outbox.send(pipe, Buffer.from("hij"));
  expect(pipe.received).toBe("abc");
  expect(outbox.empty).toBe(false);
  outbox.drain(pipe);
  expect(pipe.received).toBe("abcdef");
  pipe.capacity = 100;
  outbox.drain(pipe);
  expect(pipe.received).toBe("abcdefghij");
  expect(outbox.empty).toBe(true);
  outbox.drain(pipe);
  expect(pipe.received).toBe("abcdefghij");
});

test("takes a socket's refusal for nothing written", () => {
  const outbox = new WriteBuffer();
  outbox.send({ write: () => -1 }, Buffer.from("a"));
  expect(outbox.empty).toBe(false);
});
