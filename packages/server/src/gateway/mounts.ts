import type { Dialect } from "../dialects/dialect.ts";
import { trimSlash } from "./trailing-slash.ts";

/** A path, the dialect of its WebSockets, and the prefix that goes before the name in the path to form the room's name. */
export interface Mount {
  /** Literal segments, the last of which may be a parameter such as `:room`. */
  readonly path: string;
  readonly dialect: Dialect;
  readonly prefix: string;
}

export interface Mounted {
  readonly mount: Mount;
  /** The value of the parameter, decoded; undefined where the mount has none. */
  readonly name: string | undefined;
}

const PARAMETER = /:[^/]*$/;

/**
 * A slash at the end is ignored, unless a mount's parameter would stand behind it: that one is empty (SPEC HTTP-15).
 *
 * @returns the mount of a path; `"malformed"` where its room cannot be decoded; undefined where there is none.
 */
export function findMount(mounts: readonly Mount[], path: string): Mounted | "malformed" | undefined {
  return matchMount(mounts, path) ?? matchMount(mounts, trimSlash(path));
}

function matchMount(mounts: readonly Mount[], path: string): Mounted | "malformed" | undefined {
  const exact = mounts.find((mount) => mount.path === path && !PARAMETER.test(path));
  if (exact !== undefined) return { mount: exact, name: undefined };
  for (const mount of mounts) {
    const base = mount.path.replace(PARAMETER, "");
    if (base === mount.path) continue;
    if (!path.startsWith(base) || path.includes("/", base.length)) continue;
    try {
      return { mount, name: decodeURIComponent(path.slice(base.length)) };
    } catch {
      return "malformed";
    }
  }
  return undefined;
}
