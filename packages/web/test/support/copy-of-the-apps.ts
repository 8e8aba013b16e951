import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WebApps, WebAppsOptions } from "../../src/index.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** A copy of the sources, to be changed and broken. */
export async function copyOfTheApps(directory: string) {
  const own = join(directory, "packages/web");
  cpSync(join(ROOT, "packages/web"), own, {
    recursive: true,
    filter: (path) => !/node_modules|packages\/web\/test/.test(path),
  });
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  const copy: { WebApps: new (options: WebAppsOptions) => WebApps } = await import(join(own, "src/index.ts"));
  const cache = join(directory, "cache");
  mkdirSync(cache);
  return {
    cache,
    open: (options: WebAppsOptions = {}) => new copy.WebApps({ cache, ...options }),
    write: (path: string, text: string) => writeFileSync(join(own, "src", path), text),
  };
}
