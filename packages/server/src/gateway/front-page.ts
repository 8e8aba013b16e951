import { SUBPROTOCOL } from "@fanfare/protocol";
import type { Mount } from "./mounts.ts";

/** An address that the front page lists beside the mounts. */
export interface FrontPageEntry {
  readonly kind: "page" | "api";
  readonly path: string;
  readonly title: string;
}

/** `GET /` for programs: the addresses of the server (SPEC HTTP-21). */
export function frontPage(entries: readonly FrontPageEntry[], mounts: readonly Mount[]): Response {
  const rowsOf = (kind: FrontPageEntry["kind"]) =>
    entries.filter((entry) => entry.kind === kind).map(({ path, title }) => row(path, title));
  const pages = rowsOf("page");
  const text = [
    "Fanfare is up.",
    ...(pages.length > 0 ? ["\nPages, for a browser:", ...pages] : []),
    "\nWebSocket addresses, and the protocol of each:",
    ...mounts.map(({ path, dialect }) => row(path, dialect.name)),
    `With the subprotocol ${SUBPROTOCOL} each of them speaks the native protocol.`,
    "\nHTTP interface:",
    row("/health", "whether the server can commit"),
    ...rowsOf("api"),
    "\nDocumentation: SPEC.md and docs/ in the source of this version.",
  ];
  return new Response(`${text.join("\n")}\n`, {
    headers: { "content-type": "text/plain;charset=utf-8", vary: "accept" },
  });
}

function row(path: string, title: string): string {
  return `  ${path.padEnd(20)} ${title}`;
}
