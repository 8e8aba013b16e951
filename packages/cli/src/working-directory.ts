import { cwd } from "node:process";

/** Whether the working directory, against which relative paths are resolved, still exists. */
export function hasWorkingDirectory(): boolean {
  try {
    cwd();
    return true;
  } catch {
    return false;
  }
}
