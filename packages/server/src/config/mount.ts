export const DIALECT_NAMES = ["native", "chat", "board", "feed", "echo", "mirror"] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

export interface MountConfig {
  /** Literal segments, the last of which may be a parameter: `/ws/:room`. */
  readonly path: string;
  /** What clients without the native subprotocol speak on this path. */
  readonly dialect: DialectName;
}

export const DEFAULT_MOUNTS: readonly MountConfig[] = [
  { path: "/ws", dialect: "board" },
  { path: "/ws/:room", dialect: "chat" },
  { path: "/board", dialect: "board" },
  { path: "/feed", dialect: "feed" },
  { path: "/feed/:topic", dialect: "feed" },
  { path: "/echo", dialect: "echo" },
];

/** Paths that the server answers itself. */
const RESERVED = ["/health"];
const PATH = /^(\/|(\/[A-Za-z0-9._~-]+)+)$/;
const PARAMETER = /\/:([A-Za-z][A-Za-z0-9_]*)$/;

/** @returns why a path cannot be mounted; undefined if it can */
export function wrongWithMount({ path, dialect }: MountConfig): string | undefined {
  const literal = path.replace(PARAMETER, "");
  const hasParameter = literal !== path;
  if (!path.startsWith("/")) return "a path begins with /";
  if (RESERVED.includes(path)) return `${path} is the server's own`;
  if (!(PATH.test(literal) || (hasParameter && literal === ""))) {
    return "a path is made of letters, digits and . _ ~ - between slashes, and its last part may be a parameter such as :room";
  }
  if (dialect === "chat" && !hasParameter) {
    return `chat takes the room from the path, as in ${literal === "/" ? "" : literal}/:room`;
  }
  return undefined;
}

/** Equal for paths that differ only in the name of their parameter: one mount replaces the other. */
export function mountKey(path: string): string {
  return path.replace(PARAMETER, "/:");
}
