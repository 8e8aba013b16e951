import { expect, test } from "bun:test";
import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { Revocations } from "./revocations.ts";

const proof = { token: "t", expires: 9e15 };

test("AUTH-9: a revocation holds until its time, over restarts; the last word counts", () => {
  using directory = scratchDirectory();
  const file = join(directory.path, "revocations.json");
  let now = 1_000;
  const open = () => new Revocations(() => now, file);
  const first = open();
  expect(first.covers("ada", proof)).toBe(false);
  expect(first.add("user", "ada", 2_000)).toBe("kept");
  expect(first.add("token", "t", 3_000)).toBe("kept");
  const second = open();
  expect(second.covers("ada", { ...proof, token: "other" })).toBe(true);
  expect(second.covers("bob", proof)).toBe(true);
  expect(second.covers("bob", { ...proof, token: "other" })).toBe(false);
  now = 2_000;
  expect(second.covers("ada", { ...proof, token: "other" })).toBe(false);
  second.add("token", "t", 0);
  expect(open().covers("bob", proof)).toBe(false);
});

test("AUTH-9: a file that cannot be understood lets nobody start as if nobody were revoked", () => {
  using directory = scratchDirectory();
  const file = join(directory.path, "revocations.json");
  for (const text of ["", "{}", '[["user","ada"]]', "[1]"]) {
    writeFileSync(file, text);
    expect(() => new Revocations(() => 0, file)).toThrow("damaged");
  }
});

test("AUTH-9: there are bounds to how many are revoked at a time", () => {
  let now = 0;
  const revocations = new Revocations(() => now);
  for (let i = 0; i < 10_000; i++) expect(revocations.add("user", `u${i}`, 10)).toBe("kept");
  expect(revocations.add("user", "more", 10)).toBe("full");
  now = 10;
  expect(revocations.add("user", "more", 20)).toBe("kept");
});

test("AUTH-12: one that cannot be written holds at once, and is written as soon as it can be", () => {
  using directory = scratchDirectory();
  const file = join(directory.path, "revocations.json");
  const retries: (() => void)[] = [];
  const revocations = new Revocations(
    () => 0,
    file,
    (retry) => retries.push(retry),
  );
  expect(revocations.add("user", "before", 10)).toBe("kept");
  mkdirSync(`${file}.new`); // nothing can be written under this name
  expect(revocations.add("user", "ada", 10)).toBe("unwritten");
  expect(revocations.add("user", "bob", 10)).toBe("unwritten");
  for (const user of ["before", "ada", "bob"]) expect(revocations.covers(user, proof)).toBe(true);
  const kept = () =>
    ["before", "ada", "bob"].filter((user) => new Revocations(() => 0, file).covers(user, proof));
  expect(kept()).toEqual(["before"]);
  expect(retries).toHaveLength(1);
  retries.shift()?.();
  expect([kept(), retries.length]).toEqual([["before"], 1]);
  rmdirSync(`${file}.new`);
  retries.shift()?.();
  expect([kept(), retries.length]).toEqual([["before", "ada", "bob"], 0]);
});

test("AUTH-12: one that is taken back while it waits to be written is not written", () => {
  using directory = scratchDirectory();
  const file = join(directory.path, "revocations.json");
  const retries: (() => void)[] = [];
  const revocations = new Revocations(
    () => 0,
    file,
    (retry) => retries.push(retry),
  );
  mkdirSync(`${file}.new`);
  revocations.add("user", "ada", 10);
  rmdirSync(`${file}.new`);
  expect(revocations.add("user", "ada", 0)).toBe("kept");
  retries.shift()?.();
  expect([new Revocations(() => 0, file).covers("ada", proof), retries.length]).toEqual([false, 0]);
});

/** Says after how many revocations the disk was full. */
const FILLS = `
  const { Revocations } = await import(process.argv[1]);
  const revocations = new Revocations(() => 0, process.argv[2]);
  let kept = 0;
  while (kept < 1000 && revocations.add("user", "user-" + kept + "-".repeat(40), 10) === "kept") kept++;
  console.log(kept);
  process.exit();
`;

test("AUTH-9: a disk that is full keeps no more, and what was kept before it stays", async () => {
  using directory = scratchDirectory();
  const file = join(directory.path, "revocations.json");
  const script = `trap "" XFSZ; ulimit -f 8; exec "$0" "$@"`;
  const source = join(import.meta.dir, "revocations.ts");
  const child = Bun.spawn(["bash", "-c", script, process.execPath, "-e", FILLS, source, file]);
  const kept = Number(await new Response(child.stdout).text());
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(1000);
  const after = new Revocations(() => 0, file);
  const name = (index: number) => `user-${index}${"-".repeat(40)}`;
  expect(after.covers(name(kept - 1), proof)).toBe(true);
  expect(after.covers(name(kept), proof)).toBe(false);
});
