import { expect, test } from "bun:test";
import { FANFARE_PROGRAM } from "@fanfare/testing/server-process";
import { parseCommandLine, UsageError } from "./command-line.ts";

const parse = (line: string) => parseCommandLine(line.split(" ").filter((word) => word !== ""));

test("quick and saturation, with and without flags", () => {
  expect(parse("quick")).toEqual({
    command: "quick",
    only: ["durable", "native", "chat", "idle"],
    engine: "sqlite",
    server: FANFARE_PROGRAM,
  });
  expect(parse("quick --only idle,native --json out.json --engine memory --server x.ts")).toEqual({
    command: "quick",
    only: ["native", "idle"],
    json: "out.json",
    engine: "memory",
    server: "x.ts",
  });
  expect(parse("saturation --seconds 60")).toMatchObject({ command: "saturation", seconds: 60 });
  expect(parse("saturation")).toMatchObject({ seconds: 30 });
});

test.each(["", "help", "--help", "quick --help", "saturation -h"])("helps on %j", (line) => {
  expect(parse(line)).toEqual({ command: "help" });
});

test.each([
  ["fast", /no command "fast"/],
  ["quick --fast", /--fast/],
  ["quick now", /now/],
  ["quick --only chat,feed", /--only has "feed"; it takes some of durable,native,chat,idle/],
  ["quick --only", /--only/],
  ["quick --seconds 3", /--seconds/],
  ["saturation --seconds 0", /4 to 600/],
  ["saturation --seconds 1e2", /4 to 600/],
  ["saturation --json x", /--json/],
  ["quick --engine redis", /"redis"; it takes sqlite or memory/],
])("refuses %j", (line, message) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(message);
});
