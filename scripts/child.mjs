import { spawn } from "node:child_process";

/** What a terminal, a service manager or a container runtime sends to end a process. */
const FORWARDED = /** @type {const} */ (["SIGTERM", "SIGINT", "SIGHUP"]);

/**
 * How a child ended.
 *
 * @typedef {object} Ending
 * @property {number | null} code its exit code, unless a signal ended it
 * @property {NodeJS.Signals | null} signal the signal that ended it
 * @property {NodeJS.Signals | null} interruption the last signal that we got meanwhile and passed on to it
 * @property {string} output what it wrote, if that was captured
 */

/**
 * Runs a command to its end. A signal to this process goes on to the child, and the child decides what it means;
 * Ctrl-C in a terminal reaches the child twice, directly and through us.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {boolean} [options.capture] keep what the child writes instead of passing it on, and give it no input
 * @param {number} [options.patience] milliseconds that it may take to end after a signal; no limit unless given
 * @returns {Promise<Ending>}
 */
export function runChild(command, args, { cwd, capture = false, patience } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: capture ? ["ignore", "pipe", "pipe"] : "inherit" });

    let output = "";
    const collect = (/** @type {string} */ text) => {
      output += text;
    };
    child.stdout?.setEncoding("utf8").on("data", collect);
    child.stderr?.setEncoding("utf8").on("data", collect);

    /** @type {NodeJS.Signals | null} */
    let interruption = null;
    /** @type {NodeJS.Timeout | undefined} */
    let deadline;
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      interruption = signal;
      child.kill(signal);
      if (patience !== undefined) deadline ??= setTimeout(() => child.kill("SIGKILL"), patience);
    };
    const stopForwarding = () => {
      clearTimeout(deadline);
      for (const signal of FORWARDED) process.off(signal, forward);
    };
    for (const signal of FORWARDED) process.on(signal, forward);

    child.once("error", (error) => {
      stopForwarding();
      reject(error);
    });
    child.once("close", (code, signal) => {
      stopForwarding();
      resolve({ code, signal, interruption, output });
    });
  });
}

/** Thrown by work that was broken off because this process got a signal. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}
