import { closeSync, openSync, rmSync, statSync, utimesSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./setup-error.mjs";

/**
 * Times in milliseconds: how often the holder shows that it lives, how long the others believe it without, and how
 * often they look.
 */
const PACE = { beat: 1_000, stale: 5_000, poll: 100 };

/**
 * Runs a task while no other process of this checkout runs one under the same lock file. The holder touches the file
 * again and again, so that a crash frees the lock: a process id would mean nothing in another container.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} task
 * @param {{ onWait?: () => void, pace?: typeof PACE }} [options] `onWait` is called once if another process holds it
 * @returns {Promise<T>}
 */
export async function withInstallLock(file, task, { onWait, pace = PACE } = {}) {
  if (!tryLock(file)) {
    onWait?.();
    await waitForLock(file, pace);
  }
  const beat = setInterval(() => touch(file), pace.beat);
  try {
    return await task();
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function tryLock(file) {
  try {
    closeSync(openSync(file, "wx"));
    return true;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "EEXIST") return false;
    throw new SetupError(`cannot install here (${message}): run \`npm ci\` as the owner of this folder.`);
  }
}

/**
 * @param {string} file
 * @param {typeof PACE} pace
 */
async function waitForLock(file, { stale, poll }) {
  let lastBeat = beatOf(file);
  let since = performance.now(); // by our own clock: the file's may be another machine's
  while (!tryLock(file)) {
    await sleep(poll);
    const beat = beatOf(file);
    if (beat !== lastBeat) {
      lastBeat = beat;
      since = performance.now();
    } else if (performance.now() - since > stale) {
      rmSync(file, { force: true });
    }
  }
}

/** @param {string} file */
function beatOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** @param {string} file */
function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // The file was removed: the task goes on, and the next start checks what it left.
  }
}
