import { expect, test } from "bun:test";
import { NO_FILTER } from "../src/console/filter.ts";
import { readJson } from "../src/console/json-text.ts";
import type { MessageLine } from "../src/console/line.ts";
import { Log } from "../src/console/log.ts";

function message(offset: number, room = "a", data: unknown = offset): MessageLine {
  return {
    kind: "message",
    room,
    subscription: room,
    hue: 0,
    offset,
    id: `id.${offset}`,
    type: "note",
    from: "ada",
    at: 0,
    json: JSON.stringify(data),
    origin: "live",
  };
}

/** The view once what came has been drawn. */
async function drawn(log: Log) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = log.view.subscribe(resolve);
  await promise;
  unsubscribe();
  return log.view.value;
}

const shown = (log: Log) =>
  log.view.value.lines.map((line) => (line.kind === "message" ? line.offset : line.kind));

test("FLOW-3: the log keeps its newest 50,000 lines, filtered or not, paused or not", async () => {
  const log = new Log();
  for (let n = 1; n <= 30_000; n++) log.add(message(n, n % 2 === 0 ? "even" : "odd"));
  log.filter({ ...NO_FILTER, room: "even" });
  for (let n = 30_001; n <= 62_345; n++) log.add(message(n, n % 2 === 0 ? "even" : "odd"));
  const { total, isCut, lines } = await drawn(log);
  expect([total, isCut, lines.length]).toEqual([50_000, true, 25_000]);
  expect([shown(log).at(0), shown(log).at(-1)]).toEqual([12_346, 62_344]);
  log.pause();
  for (let n = 62_346; n <= 132_345; n++) log.add(message(n, "even"));
  expect((await drawn(log)).buffered).toBe(70_000);
  expect(shown(log).at(-1)).toBe(62_344);
  log.resume();
  expect([log.view.value.total, shown(log).at(0), shown(log).at(-1)]).toEqual([50_000, 82_346, 132_345]);
  const order = log.view.value.lines.map(({ seq }) => seq);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test("FLOW-3: large messages push out old ones by what they hold", async () => {
  const log = new Log();
  const large = "x".repeat(60_000);
  for (let n = 1; n <= 1_000; n++) log.add(message(n, "a", large));
  const { lines, total } = await drawn(log);
  expect(total).toBe(lines.length);
  expect(total).toBeLessThan(600);
  expect(total).toBeGreaterThan(400);
  expect(shown(log).at(-1)).toBe(1_000);
});

test("HIST-1: what is earlier goes in front, and a filter goes on passing what it should", async () => {
  const log = new Log();
  log.filter({ ...NO_FILTER, text: "1.*" });
  for (const n of [21, 22]) log.add(message(n, "a", `${n}.*`));
  await drawn(log);
  log.prepend([11, 12].map((n) => message(n, "a", `${n}.*`)));
  expect(shown(log)).toEqual([11, 21]);
  log.filter(NO_FILTER);
  expect(shown(log)).toEqual([11, 12, 21, 22]);
  log.prepend([message(1)]);
  expect(shown(log)).toEqual([1, 11, 12, 21, 22]);
  log.clear();
  expect(log.view.value).toMatchObject({ total: 0, lines: [], rooms: [], types: [] });
});

test("FRAME-6: JSON is read, or told what is wrong with it and where", () => {
  for (const text of [
    "null",
    ' [1, -2.5e+3, "\\u00e9\\n", {"": {}}] ',
    '{"__proto__":[true,false]}',
    '"\u2028🎺"',
  ])
    expect(readJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
  const where = (text: string) => {
    const reading = readJson(text);
    return reading.ok ? "fine" : `${reading.line}:${reading.column} ${reading.message}`;
  };
  expect(where("")).toBe('1:1 Write something: a text goes in "quotes"');
  expect(where("hello")).toBe('1:1 A text goes in "quotes": hello');
  expect(where('{"a": 1,\n  b: 2}')).toBe('2:3 Expected a name in "quotes", but here is b');
  expect(where('{"a" 1}')).toBe("1:6 Expected a colon, but here is 1");
  expect(where("[1 2]")).toBe("1:4 Expected a comma or ], but here is 2");
  expect(where('["🎺", ]')).toBe("1:7 No comma before ]");
  expect(where('[\n{"a":[1,2}')).toBe("2:10 Expected a comma or ], but here is }");
  expect(where('[\n {"a": 1}')).toBe("1:1 [ is never closed");
  expect(where('"abc')).toBe("1:1 This text is never closed");
  expect(where('"a\nb"')).toBe("1:3 A text may not go over its line; a line end is written \\n");
  expect(where('"\\x"')).toBe("1:2 No such escape; a backslash is written \\\\");
  expect(where("1 2")).toBe("1:3 Nothing may follow the value, but here is 2");
  expect(where("01")).toBe("1:2 Nothing may follow the value, but here is 1");
  expect(where(`${"[".repeat(70)}${"]".repeat(70)}`)).toBe("1:62 Nested deeper than 60 levels");
});
