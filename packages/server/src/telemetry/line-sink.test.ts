import { expect, test } from "bun:test";
import { LineSink, type Write } from "./line-sink.ts";

/** A file that answers a write when it is told to. */
function start(most?: number) {
  const calls: { text: string; done: Parameters<Write>[2] }[] = [];
  let called = Promise.withResolvers<void>();
  const sink = new LineSink(
    1,
    (_fd, bytes, done) => {
      calls.push({ text: Buffer.from(bytes).toString(), done });
      called.resolve();
      called = Promise.withResolvers();
    },
    most,
    (lines) => `${lines} dropped\n`,
  );
  const next = async () => {
    while (calls.length === 0) await called.promise;
    const call = calls.shift();
    if (call === undefined) throw new Error("no write");
    return call;
  };
  return { sink, calls, next };
}

test("LOG-4: lines go out in order, one write at a time, however it is taken", async () => {
  const { sink, calls, next } = start();
  sink.put("a\n");
  sink.put("b\n");
  const first = await next();
  expect(first.text).toBe("a\nb\n");
  sink.put("c\n");
  expect(calls).toHaveLength(0);
  first.done(null, 1);
  const rest = await next();
  expect(rest.text).toBe("\nb\n");
  rest.done(Object.assign(new Error(), { code: "EAGAIN" }), 0);
  const again = await next();
  expect(again.text).toBe("\nb\n");
  again.done(null, 3);
  const last = await next();
  expect(last.text).toBe("c\n");
  const flushed = sink.flush(60_000);
  last.done(null, 2);
  await flushed;
});

test("LOG-4: what waits for a reader that does not read is bounded, and what is missing is said", async () => {
  const { sink, next } = start(10);
  for (const line of ["aaaa\n", "bbbb\n", "cccc\n", "dddd\n"]) sink.put(line);
  const blocked = await next();
  expect(blocked.text).toBe("aaaa\nbbbb\n");
  sink.put("eeee\n");
  await sink.flush(1); // gives up
  blocked.done(null, 10);
  sink.put("ffff\n");
  expect((await next()).text).toBe("3 dropped\nffff\n");
});

test("LOG-4: nothing is thrown or kept once nobody reads any more", async () => {
  const { sink, calls, next } = start();
  sink.put("a\n");
  (await next()).done(Object.assign(new Error(), { code: "EPIPE" }), 0);
  for (let i = 0; i < 10; i++) sink.put("b\n");
  await sink.flush(60_000);
  expect(calls).toHaveLength(0);
});

for (const code of ["ENOSPC", "EIO"]) {
  test(`LOG-5: after ${code} what waits is written as soon as that is possible, and what had no room is said`, async () => {
    const { sink, next } = start(10);
    sink.put("aaaa\n");
    const failed = await next();
    failed.done(null, 2);
    (await next()).done(Object.assign(new Error(), { code }), 0);
    for (const line of ["bbbb\n", "cccc\n", "dddd\n"]) sink.put(line);
    const again = await next();
    expect(again.text).toBe("aa\n");
    again.done(Object.assign(new Error(), { code }), 0);
    (await next()).done(null, 3);
    (await next()).done(null, 5);
    sink.put("eeee\n");
    expect((await next()).text).toBe("2 dropped\neeee\n");
  });
}

for (const code of ["EPIPE", "EBADF", "ECONNRESET"]) {
  test(`LOG-5: ${code} means that there is no reader any more`, async () => {
    const { sink, calls, next } = start();
    sink.put("a\n");
    (await next()).done(Object.assign(new Error(), { code }), 0);
    sink.put("b\n");
    await sink.flush(60_000);
    expect(calls).toHaveLength(0);
  });
}
