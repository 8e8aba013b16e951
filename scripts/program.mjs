import { Interrupted } from "./child.mjs";
import { SetupError } from "./setup/setup-error.mjs";

/**
 * Runs a script's work and ends this process as the work ended: with its exit code, or by the signal that ended it.
 *
 * @param {() => Promise<{ code: number | null, signal: NodeJS.Signals | null }>} work
 */
export async function runProgram(work) {
  try {
    const { code, signal } = await work();
    end(code ?? 1, signal);
  } catch (error) {
    explain(error);
    end(1, error instanceof Interrupted ? error.signal : null);
  }
}

/** @param {unknown} error */
export function explain(error) {
  const expected = error instanceof SetupError || error instanceof Interrupted;
  console.error(expected ? `fanfare: ${error.message}` : error);
}

/**
 * @param {number} code
 * @param {NodeJS.Signals | null} signal
 */
function end(code, signal) {
  process.exitCode = code;
  if (signal !== null) process.kill(process.pid, signal);
}
