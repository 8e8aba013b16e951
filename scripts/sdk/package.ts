import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../packages/client/package.json";
import { root } from "../project.mjs";
import { declarations } from "./declarations.ts";

export const CLIENT = join(root, "packages/client");

/**
 * Writes `@fanfare/client` as it is published: ESM that a person can read, declarations, a manifest of its own. The
 * protocol is contained in it, so it depends on nothing; the hooks share the core's file.
 *
 * @param folder what was in it is gone
 * @returns its declarations: path → text
 */
export async function writePackage(folder: string): Promise<ReadonlyMap<string, string>> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [build, types] = await Promise.all([bundle(folder), declarations()]);
  if (!build.success) throw new AggregateError(build.logs, "the SDK cannot be bundled");
  for (const [path, text] of types) await Bun.write(join(folder, path), text);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(published(), null, 2)}\n`);
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  cpSync(join(CLIENT, "README.md"), join(folder, "README.md"));
  return types;
}

function bundle(folder: string) {
  return Bun.build({
    entrypoints: [join(CLIENT, "src/index.ts"), join(CLIENT, "src/react/index.ts")],
    root: join(CLIENT, "src"),
    outdir: folder,
    naming: { entry: "[dir]/[name].[ext]", chunk: "core-[hash].[ext]" },
    target: "browser",
    format: "esm",
    splitting: true,
    modulePreload: false,
    external: ["react"],
    throw: false,
  });
}

function published() {
  const { name, version, description, license, type, sideEffects, peerDependencies, peerDependenciesMeta } =
    manifest;
  return {
    name,
    version,
    description,
    license,
    type,
    sideEffects,
    engines: { node: ">=20" },
    exports: {
      ".": { types: "./index.d.ts", default: "./index.js" },
      "./react": { types: "./react/index.d.ts", default: "./react/index.js" },
      "./package.json": "./package.json",
    },
    peerDependencies,
    peerDependenciesMeta,
  };
}
