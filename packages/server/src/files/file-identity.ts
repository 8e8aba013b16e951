import { statSync } from "node:fs";

/**
 * Which file a path leads to, as a text that a move within the file system does not change and a copy does not share: its
 * inode and its time of birth. Without the device, whose number may be another after the machine was started anew.
 * @throws what the system says.
 */
export function fileIdentity(path: string): string {
  const { ino, birthtimeNs } = statSync(path, { bigint: true });
  return `${ino}:${birthtimeNs}`;
}

/** Whether both are one file, as far as is known: the time of birth is 0 where the file system has none. */
export function isSameFile(a: string, b: string): boolean {
  const [[inodeA, birthA], [inodeB, birthB]] = [a.split(":"), b.split(":")];
  return inodeA === inodeB && (birthA === birthB || birthA === "0" || birthB === "0");
}
