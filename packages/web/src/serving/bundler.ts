/**
 * A process that builds all pages into the directory of its argument, so that the server has neither the work nor the
 * memory of the bundler.
 */
import { basename, join, resolve } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import tailwind from "bun-plugin-tailwind";
import { PAGES } from "../pages.ts";
import { type BuiltFile, COMPRESSED, MANIFEST, type Manifest, type PageFiles } from "./manifest.ts";

const SOURCES = fileURLToPath(new URL("../", import.meta.url));

const [directory = ""] = argv.slice(2);
const entries = new Map<string, string>(PAGES.map(({ name, entry }) => [join(SOURCES, entry), name]));

const { outputs, metafile } = await Bun.build({
  entrypoints: [...entries.keys()],
  root: SOURCES,
  outdir: directory,
  target: "browser",
  format: "esm",
  splitting: true,
  minify: true,
  sourcemap: "linked",
  define: { "process.env.NODE_ENV": '"production"' },
  naming: { entry: "[dir]-[hash].[ext]", chunk: "shared-[hash].[ext]", asset: "[name]-[hash].[ext]" },
  plugins: [tailwind],
  metafile: true,
});

const files: BuiltFile[] = [];
for (const output of outputs) {
  const bytes = new Uint8Array(await output.arrayBuffer());
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  await Bun.write(output.path + COMPRESSED.gzip, gzip);
  await Bun.write(output.path + COMPRESSED.br, brotli);
  const name = basename(output.path);
  files.push({ name, size: bytes.length, gzip: gzip.length, brotli: brotli.length });
}

const made = new Map(
  Object.entries(metafile?.outputs ?? {}).map(([path, output]) => [basename(path), output]),
);
const pages: Record<string, PageFiles> = {};
for (const [script, output] of made) {
  const entry = script.endsWith(".js") ? output.entryPoint : undefined;
  const name = entry === undefined ? undefined : entries.get(resolve(entry));
  if (name === undefined) continue;
  const styles = output.cssBundle === undefined ? [] : [basename(output.cssBundle)];
  const imports = importsOf(script, ["import-statement"]);
  const all = importsOf(script, ["import-statement", "dynamic-import"]);
  pages[name] = { script, imports: [...imports].slice(1), lazy: [...all.difference(imports)], styles };
}
const manifest: Manifest = { pages, files };
await Bun.write(join(directory, MANIFEST), JSON.stringify(manifest));

/** @returns the script itself first, then what it imports */
function importsOf(script: string, kinds: readonly string[], seen = new Set<string>()): Set<string> {
  if (seen.has(script)) return seen;
  seen.add(script);
  for (const { path, kind } of made.get(script)?.imports ?? []) {
    if (kinds.includes(kind)) importsOf(basename(path), kinds, seen);
  }
  return seen;
}
