import { expect, test } from "bun:test";
import { ConsoleLog } from "./console-log.ts";
import { faultFields } from "./fault-fields.ts";
import { jsonLine, textLine } from "./line-format.ts";
import { LineSink } from "./line-sink.ts";

const NOW = new Date(2025, 10, 21, 4, 8, 2, 7);
const entry = {
  level: "info",
  event: "server.listening",
  fields: {
    url: "http://localhost:8080",
    note: 'a "b"\n=c',
    count: 3,
    rate: Number.NaN,
    on: true,
    none: undefined,
  },
} as const;

test("LOG-1 LOG-2: JSON has time, level and event first, then what is given", () => {
  expect(jsonLine(entry, NOW)).toBe(
    `{"time":"${NOW.toISOString()}","level":"info","event":"server.listening","url":"http://localhost:8080","note":"a \\"b\\"\\n=c","count":3,"rate":null,"on":true}\n`,
  );
});

test("LOG-1 LOG-2: text is aligned, quoted where it must be, and coloured only where asked for", () => {
  expect(textLine(false)(entry, NOW)).toBe(
    '04:08:02.007  info   server.listening       url=http://localhost:8080 note="a \\"b\\"\\n=c" count=3 rate=null on=true\n',
  );
  expect(textLine(false)({ level: "error", event: "x", fields: {} }, NOW)).toBe("04:08:02.007  error  x\n");
  expect(textLine(true)({ level: "error", event: "x", fields: {} }, NOW)).toBe(
    "04:08:02.007  \x1b[31merror\x1b[0m  x\n",
  );
});

test("LOG-2: a long text is cut, a stack later than others", () => {
  const fields = { text: "x".repeat(10_000), stack: "y".repeat(10_000) };
  const line = JSON.parse(jsonLine({ ...entry, fields }, NOW));
  expect(line.text).toBe(`${"x".repeat(500)}…`);
  expect(line.stack).toBe(`${"y".repeat(4_000)}…`);
});

test("LOG-3: what looks like a token is blanked, wherever it stands", () => {
  const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.dGVzdA-_";
  const at = (text: string) => JSON.parse(jsonLine({ ...entry, fields: { text, stack: text } }, NOW));
  for (const [text, said] of [
    [token, "[token]"],
    [`/ws/a;token=${token}/b ${token}`, "/ws/a;token=[token]/b [token]"],
    [`/ws/a%3ftoken%3D${token}`, "/ws/a%3ftoken%3D[token]"],
    [`${"x".repeat(480)} ${token}`, `${"x".repeat(480)} [token]`],
    ["eyJ", "eyJ"],
    ["monkeyJ.a.b", "monkeyJ.a.b"],
  ] as const) {
    expect(at(text)).toMatchObject({ text: said, stack: said });
  }
});

test("LOG-1: a fault is one line, its stack included", async () => {
  let written = "";
  const sink = new LineSink(1, (_fd, bytes, done) => {
    written += Buffer.from(bytes).toString();
    done(null, bytes.length);
  });
  const log = new ConsoleLog("info", jsonLine, sink, () => NOW);
  log.debug("not.shown");
  log.error("server.fault", faultFields(new RangeError("two\nlines")));
  log.warn("server.fault", faultFields("thrown text"));
  await log.flush();
  const lines = written
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { level: "error", event: "server.fault", error: "RangeError: two\nlines" },
    { level: "warn", event: "server.fault", error: "thrown text" },
  ]);
  expect(lines[0].stack).toContain("line-format.test.ts");
});
