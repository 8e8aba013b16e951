import { describe, expect, test } from "bun:test";
import nodeFs, { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { createDirectory, type FileSystem, replaceFile } from "./durable-file.ts";

/** The real file system, and what was asked of it, in order; descriptors by the paths they were opened for. */
function recorded(base: string, failing?: string) {
  const calls: string[] = [];
  const paths = new Map<number, string>();
  const record = (call: string) => {
    calls.push(call);
    if (call === failing) throw new Error(failing);
  };
  const name = (path: string) => relative(base, path) || ".";
  const fs: FileSystem = {
    openSync(path, flags, mode) {
      const descriptor = nodeFs.openSync(path, flags, mode);
      paths.set(descriptor, name(path));
      return descriptor;
    },
    writeFileSync(descriptor, text) {
      record(`write ${paths.get(descriptor)}`);
      nodeFs.writeFileSync(descriptor, text);
    },
    fsyncSync(descriptor) {
      record(`fsync ${paths.get(descriptor)}`);
      nodeFs.fsyncSync(descriptor);
    },
    closeSync: nodeFs.closeSync,
    renameSync(from, to) {
      record(`rename ${name(from)} ${name(to)}`);
      nodeFs.renameSync(from, to);
    },
    rmSync: nodeFs.rmSync,
    mkdirSync: nodeFs.mkdirSync,
  };
  return { fs, calls };
}

describe("KEEP-6: a small file is replaced so that a power loss leaves the old one or the new one", () => {
  test("KEEP-6: it is written, synced, renamed, and its directory is synced", () => {
    using place = scratchDirectory();
    const { fs, calls } = recorded(place.path);
    const file = join(place.path, "f");
    replaceFile(file, "new", fs);
    expect(calls).toEqual(["write f.new", "fsync f.new", "rename f.new f", "fsync ."]);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  for (const failing of ["write f.new", "fsync f.new", "rename f.new f"]) {
    test(`KEEP-6: where "${failing}" fails, the old one stays, and nothing else`, () => {
      using place = scratchDirectory();
      const file = join(place.path, "f");
      writeFileSync(file, "old");
      expect(() => replaceFile(file, "new", recorded(place.path, failing).fs)).toThrow(failing);
      expect(readFileSync(file, "utf8")).toBe("old");
      expect(readdirSync(place.path)).toEqual(["f"]);
    });
  }
});

test("KEEP-6: a directory that is created is synced into the ones above it, one that was there is not", () => {
  using place = scratchDirectory();
  mkdirSync(join(place.path, "a"));
  const { fs, calls } = recorded(place.path);
  createDirectory(join(place.path, "a", "b", "c"), fs);
  expect(calls).toEqual(["fsync a/b", "fsync a"]);
  expect(statSync(join(place.path, "a/b/c")).mode & 0o777).toBe(0o700);
  calls.length = 0;
  createDirectory(join(place.path, "a", "b", "c"), fs);
  expect(calls).toEqual([]);
});
