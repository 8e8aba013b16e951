import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { StaticDocument } from "./static-document.ts";

const FILE = new URL("../feed-test/feed-test.html", import.meta.url);

/** `/feed/test`: one file without any library. It has an inline script and style, so the CSP names their hashes. */
export function feedTestPage(): StaticDocument {
  const html = readFileSync(FILE, "utf8");
  return new StaticDocument(html, 200, {
    scripts: hashes(html, /<script>([\s\S]*?)<\/script>/g),
    styles: hashes(html, /<style>([\s\S]*?)<\/style>/g),
  });
}

function hashes(html: string, elements: RegExp): readonly string[] {
  return [...html.matchAll(elements)].map(
    ([, content = ""]) => `sha256-${createHash("sha256").update(content).digest("base64")}`,
  );
}
