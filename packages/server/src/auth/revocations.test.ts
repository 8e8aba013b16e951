import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
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
  expect(first.add("user", "ada", 2_000)).toBe(true);
  expect(first.add("token", "t", 3_000)).toBe(true);
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
  for (let i = 0; i < 10_000; i++) expect(revocations.add("user", `u${i}`, 10)).toBe(true);
  expect(revocations.add("user", "more", 10)).toBe(false);
  now = 10;
  expect(revocations.add("user", "more", 20)).toBe(true);
});

/** Says after how many revocations the disk was full. */
const FILLS = `
  const { Revocations } = await import(process.argv[1]);
  const revocations = new Revocations(() => 0, process.argv[2]);
  let kept = 0;
  try { for (; kept < 1000; kept++) revocations.add("user", "user-" + kept + "-".repeat(40), 10); }
  catch (error) { console.log(kept, error.code); }
`;

test("AUTH-9: a disk that is full is an error, and what was kept before it stays", async () => {
  using directory = scratchDirectory();
  const file = join(directory.path, "revocations.json");
  const script = `trap "" XFSZ; ulimit -f 8; exec "$0" "$@"`;
  const source = join(import.meta.dir, "revocations.ts");
  const child = Bun.spawn(["bash", "-c", script, process.execPath, "-e", FILLS, source, file]);
  const [kept, code] = (await new Response(child.stdout).text()).trim().split(" ");
  expect(code).toBe("EFBIG");
  const after = new Revocations(() => 0, file);
  const name = (index: number) => `user-${index}${"-".repeat(40)}`;
  expect(after.covers(name(Number(kept) - 1), proof)).toBe(true);
  expect(after.covers(name(Number(kept)), proof)).toBe(false);
});
