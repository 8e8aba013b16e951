import { expect, test } from "bun:test";
import { bunPackage } from "./bun-binary.mjs";
import { suits } from "./platform.mjs";

const glibc = { os: "linux", cpu: "x64", libc: "glibc" } as const;
const musl = { os: "linux", cpu: "arm64", libc: "musl" } as const;
const mac = { os: "darwin", cpu: "arm64", libc: undefined };

test("a package suits the platforms that it names", () => {
  expect(suits({}, mac)).toBe(true);
  expect(suits({ os: ["linux"], cpu: ["x64"], libc: ["glibc"] }, glibc)).toBe(true);
  expect(suits({ os: ["linux"], cpu: ["x64"], libc: ["musl"] }, glibc)).toBe(false);
  expect(suits({ os: ["linux"], libc: ["glibc"] }, mac)).toBe(false);
  expect(suits({ os: ["!win32"] }, mac)).toBe(true);
  expect(suits({ os: ["!darwin"] }, mac)).toBe(false);
});

test("Bun's package is named for the platform", () => {
  expect(bunPackage(glibc)).toBe("@oven/bun-linux-x64");
  expect(bunPackage(musl)).toBe("@oven/bun-linux-aarch64-musl");
  expect(bunPackage(mac)).toBe("@oven/bun-darwin-aarch64");
  expect(bunPackage({ os: "win32", cpu: "x64", libc: undefined })).toBeUndefined();
  expect(bunPackage({ os: "linux", cpu: "riscv64", libc: "glibc" })).toBeUndefined();
});
