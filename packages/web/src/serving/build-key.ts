import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };

const SOURCES = fileURLToPath(new URL("../", import.meta.url));
/** Packages of this repository whose sources are bundled into the pages. */
const OWN = ["@fanfare/client", "@fanfare/protocol", "@fanfare/todo/types"];

/** The directories with the sources of the pages. */
export function sourceDirectories(): readonly string[] {
  return [SOURCES, ...OWN.flatMap((name) => sourceDirectoryOf(name) ?? [])];
}

/** A hash of sources, libraries and bundler: builds with the same key are identical. */
export function buildKey(): string {
  const hash = createHash("sha256");
  hash.update(`bun ${Bun.version}\n`);
  for (const [name] of Object.entries(manifest.dependencies)) {
    if (!name.startsWith("@fanfare/")) hash.update(`${name} ${versionOf(name)}\n`);
  }
  for (const directory of sourceDirectories()) {
    const files = readdirSync(directory, { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    for (const path of paths.sort()) {
      if (path.includes(".test.")) continue;
      const content = readFileSync(path);
      hash.update(`${path.slice(directory.length)} ${content.length}\n`).update(content);
    }
  }
  return hash.digest("hex").slice(0, 20);
}

/** The `node_modules` directory; a cache in it is deleted with it. */
export function nodeModules(): string {
  return join(dirname(Bun.resolveSync("react/package.json", SOURCES)), "..");
}

function versionOf(name: string): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(nodeModules(), name, "package.json"), "utf8"),
  );
  return version;
}

function sourceDirectoryOf(name: string): string | undefined {
  try {
    return dirname(Bun.resolveSync(name, SOURCES));
  } catch {
    return undefined; // a missing package is reported by the build
  }
}
