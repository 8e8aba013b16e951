import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withInstallLock } from "./install-lock.mjs";

const pace = { beat: 10, stale: 200, poll: 5 };
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fanfare-lock-"));
  file = join(folder, "lock");
});

afterEach(() => rmSync(folder, { recursive: true }));

test("the second process waits until the first is done", async () => {
  const order: string[] = [];
  const { promise: finish, resolve: letFirstFinish } = Promise.withResolvers<void>();
  const first = withInstallLock(
    file,
    async () => {
      order.push("first begins");
      await finish;
      order.push("first ends");
    },
    { pace },
  );
  const onWait = () => {
    order.push("second waits");
    letFirstFinish();
  };
  const second = withInstallLock(file, async () => order.push("second begins"), { onWait, pace });
  await Promise.all([first, second]);
  expect(order).toEqual(["first begins", "second waits", "first ends", "second begins"]);
  expect(existsSync(file)).toBe(false);
});

test("a task that fails frees the lock", async () => {
  const failing = withInstallLock(file, () => Promise.reject(new Error("no network")), { pace });
  await expect(failing).rejects.toThrow("no network");
  expect(await withInstallLock(file, async () => "done", { pace })).toBe("done");
});

test("the lock of a process that died is taken over", async () => {
  writeFileSync(file, "");
  expect(await withInstallLock(file, async () => "done", { pace })).toBe("done");
});
