import { readFileSync } from "node:fs";
import { otherHeaders } from "./headers.ts";

const ICONS = new URL("./icons/", import.meta.url);

/** Link previews and search engines may read the pages; the HTTP interface is not for them. */
const ROBOTS = "User-agent: *\nDisallow: /api/\n";

const touchIcon = fixedFile("image/png", readFileSync(new URL("apple-touch-icon.png", ICONS)));

/** The files with a name of their own: icons, and what programs look for at the root (SPEC HTTP-23). */
const FILES: ReadonlyMap<string, () => Response> = new Map([
  ["/assets/icon.svg", fixedFile("image/svg+xml", readFileSync(new URL("icon.svg", ICONS)))],
  ["/favicon.ico", fixedFile("image/x-icon", readFileSync(new URL("favicon.ico", ICONS)))],
  ["/apple-touch-icon.png", touchIcon],
  ["/apple-touch-icon-precomposed.png", touchIcon],
  ["/robots.txt", fixedFile("text/plain; charset=utf-8", new TextEncoder().encode(ROBOTS))],
]);

/** @returns undefined if there is no such file */
export function findFixedFile(path: string): (() => Response) | undefined {
  return FILES.get(path);
}

function fixedFile(type: string, content: Uint8Array<ArrayBuffer>): () => Response {
  return () =>
    new Response(content, { headers: { ...otherHeaders(type), "cache-control": "public, max-age=86400" } });
}
