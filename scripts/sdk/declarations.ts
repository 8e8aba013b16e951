import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { root } from "../project.mjs";

const ENTRIES = ["index.d.ts", "react/index.d.ts"];
const SPECIFIER = /(\bfrom |\bimport\()"([^"]+)"/g;

/** The declarations of the published package and nothing beside: path → text. */
export async function declarations(): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), "fanfare-declarations-"));
  try {
    await compile(folder);
    const found = new Map<string, string>();
    const wanted = [...ENTRIES];
    for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
      if (found.has(path)) continue;
      const text = await Bun.file(join(folder, compiled(path))).text();
      const { rewritten, imports } = rewrite(text, path);
      found.set(path, rewritten);
      wanted.push(...imports);
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compile(folder: string): Promise<void> {
  const compiler = Bun.spawn({
    cmd: [
      process.execPath,
      join(root, "node_modules/typescript/bin/tsc"),
      ...["-p", join(root, "packages/client/tsconfig.build.json"), "--outDir", folder],
    ],
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = await new Response(compiler.stdout).text();
  if ((await compiler.exited) !== 0) throw new Error(`the SDK's declarations cannot be made:\n${output}`);
}

/** Where the compiler puts what is published as `path`. */
function compiled(path: string): string {
  return path.startsWith("protocol/") ? path.replace("protocol/", "protocol/src/") : `client/src/${path}`;
}

/** Makes a file stand on its own: no source file, no package of this repository, no library that is not named. */
function rewrite(text: string, path: string): { readonly rewritten: string; readonly imports: string[] } {
  const imports: string[] = [];
  const pointed = text.replace(SPECIFIER, (whole, keyword: string, specifier: string) => {
    const target = specifier === "@fanfare/protocol" ? "protocol/index.ts" : resolve(path, specifier);
    if (target === undefined) return whole;
    imports.push(target.replace(/\.tsx?$/, ".d.ts"));
    const relative = posix.relative(posix.dirname(path), target.replace(/\.tsx?$/, ".js"));
    return `${keyword}"${relative.startsWith(".") ? relative : `./${relative}`}"`;
  });
  const disposable = /Symbol\.(asyncD|d)ispose/.test(text);
  return {
    rewritten: `${disposable ? '/// <reference lib="esnext.disposable" />\n' : ""}${pointed}`,
    imports,
  };
}

function resolve(path: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : undefined;
}
