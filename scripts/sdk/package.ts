import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../packages/client/package.json";
import { root } from "../project.mjs";
import { declarations } from "./declarations.ts";

export const CLIENT = join(root, "packages/client");

/**
 * Writes `@fanfare/client` as it is published: ESM that a person can read, the same as CommonJS in `cjs/`, declarations, a
 * manifest of its own. The protocol is contained in it, so it depends on nothing; the hooks share the core's file.
 *
 * @param folder what was in it is gone
 * @returns its declarations: path → text
 */
export async function writePackage(folder: string): Promise<ReadonlyMap<string, string>> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const common = join(folder, "cjs");
  const [types, ...builds] = await Promise.all([
    declarations(),
    bundle(folder, "esm"),
    bundle(common, "cjs"),
  ]);
  for (const { success, logs } of builds) {
    if (!success) throw new AggregateError(logs, "the SDK cannot be bundled");
  }
  for (const [path, text] of types) {
    await Bun.write(join(folder, path), text);
    await Bun.write(join(common, path), text);
  }
  writeFileSync(join(common, "package.json"), '{ "type": "commonjs" }\n');
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(published(), null, 2)}\n`);
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  cpSync(join(CLIENT, "README.md"), join(folder, "README.md"));
  return types;
}

function bundle(folder: string, format: "esm" | "cjs") {
  return Bun.build({
    entrypoints: [join(CLIENT, "src/index.ts"), join(CLIENT, "src/react/index.ts")],
    root: join(CLIENT, "src"),
    outdir: folder,
    naming: { entry: "[dir]/[name].[ext]", chunk: "core-[hash].[ext]" },
    target: "browser",
    format,
    splitting: format === "esm",
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
      ".": entry("index"),
      "./react": entry("react/index"),
      "./package.json": "./package.json",
    },
    peerDependencies,
    peerDependenciesMeta,
  };
}

/** Types beside each script: a CommonJS project of TypeScript does not accept those of an ES module. */
function entry(path: string) {
  return {
    import: { types: `./${path}.d.ts`, default: `./${path}.js` },
    require: { types: `./cjs/${path}.d.ts`, default: `./cjs/${path}.js` },
  };
}
