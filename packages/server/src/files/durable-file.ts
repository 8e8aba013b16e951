import nodeFs from "node:fs";
import { dirname, resolve } from "node:path";

/** What of `node:fs` is used here, so that tests can see the order of the calls. */
export interface FileSystem {
  openSync(path: string, flags: string, mode?: number): number;
  writeFileSync(descriptor: number, text: string): void;
  fsyncSync(descriptor: number): void;
  closeSync(descriptor: number): void;
  renameSync(from: string, to: string): void;
  rmSync(path: string, options: { force: boolean }): void;
  mkdirSync(path: string, options: { recursive: true; mode: number }): string | undefined;
}

/**
 * Writes a small file anew. A power loss leaves the old one or the new one, whole (SPEC KEEP-6).
 * @throws what the system says; then it is not known to be on the disk, and if it could not be written the old one is there
 */
export function replaceFile(path: string, text: string, fs: FileSystem = nodeFs): void {
  const fresh = `${path}.new`;
  const descriptor = fs.openSync(fresh, "w", 0o600);
  try {
    try {
      // All of it or an error: `writeSync` may write less where a disk is full.
      fs.writeFileSync(descriptor, text);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(fresh, path);
  } catch (error) {
    fs.rmSync(fresh, { force: true });
    throw error;
  }
  syncDirectory(dirname(path), fs);
}

/** Brings the names in a directory to the disk: an fsync of a file does not. @throws what the system says */
export function syncDirectory(path: string, fs: FileSystem = nodeFs): void {
  const descriptor = fs.openSync(path, "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Creates a directory for this user alone, and those above it, if they are missing. @throws what the system says */
export function createDirectory(path: string, fs: FileSystem = nodeFs): void {
  const first = fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  let directory = resolve(path);
  while (directory !== top) {
    directory = dirname(directory);
    syncDirectory(directory, fs);
  }
}
