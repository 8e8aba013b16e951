/** Fails where files import each other in a circle, types included, or where a floor of the server imports one above it. */
import { dirname, join } from "node:path";
import { Glob } from "bun";

const IMPORT = /\b(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;

/**
 * The floors of `packages/server/src`, the lowest first: each may import those before it, and none behind it. The files
 * beside them (`server.ts`, which wires them) may import all.
 */
const FLOORS = ["files", "config", "engines", "hub", "auth", "telemetry", "dialects", "gateway", "api"];

/** @returns a sentence for each circle of imports, and for each import of a floor above */
export async function importFaults(root: string): Promise<string[]> {
  const imports = await readImports(root);
  const faults: string[] = [];
  for (const circle of circlesOf(imports)) faults.push(`A circle of imports: ${circle.join(" → ")}.`);
  for (const [file, targets] of imports) {
    const [folder, floor] = [folderOf(file), floorOf(file)];
    if (folder !== undefined && floor < 0)
      faults.push(`packages/server/src/${folder} is no floor: say in scripts/import-check.ts where it lies.`);
    for (const target of targets) {
      if (floor >= 0 && floorOf(target) > floor)
        faults.push(`${file} imports ${target}, which lies above it.`);
    }
  }
  if (imports.size === 0) faults.push("No source file was found: this check is broken.");
  return [...new Set(faults)];
}

/** Each source file, tests left out, and the files that it imports. */
async function readImports(root: string): Promise<Map<string, string[]>> {
  const imports = new Map<string, string[]>();
  for await (const file of new Glob("packages/*/{src,testing}/**/*.{ts,tsx}").scan({ cwd: root })) {
    if (file.includes("node_modules") || /\.test\.tsx?$/.test(file)) continue;
    const text = await Bun.file(join(root, file)).text();
    const targets = [...text.matchAll(IMPORT)].map(([, target = ""]) => join(dirname(file), target));
    imports.set(file, [...new Set(targets)].sort());
  }
  return imports;
}

/** Tarjan's algorithm: the groups of files each of which imports all others of its group, by whatever way. */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const order = new Map<string, number>();
  const path: string[] = [];
  /** @returns the first file in order that can be reached again from here */
  const visit = (file: string): number => {
    const own = order.size;
    order.set(file, own);
    path.push(file);
    let lowest = own;
    for (const target of imports.get(file) ?? []) {
      const known = order.get(target);
      if (known === undefined) lowest = Math.min(lowest, visit(target));
      else if (path.includes(target)) lowest = Math.min(lowest, known);
    }
    if (lowest === own) {
      const group = path.splice(path.indexOf(file));
      if (group.length > 1) circles.push(group);
    }
    return lowest;
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}

function folderOf(file: string): string | undefined {
  return /^packages\/server\/src\/([^/]+)\//.exec(file)?.[1];
}

/** @returns -1 for a file on no floor */
function floorOf(file: string): number {
  return FLOORS.indexOf(folderOf(file) ?? "");
}

if (import.meta.main) {
  const faults = await importFaults(".");
  for (const fault of faults) console.error(fault);
  process.exit(faults.length > 0 ? 1 : 0);
}
