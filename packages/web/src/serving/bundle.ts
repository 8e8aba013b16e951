import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildKey, libraries } from "./build-key.ts";
import { MANIFEST, type Manifest } from "./manifest.ts";

const BUNDLER = fileURLToPath(new URL("./bundler.ts", import.meta.url));
const SOURCES = fileURLToPath(new URL("../", import.meta.url));
/** Builds that are kept: of this version and of earlier ones that may still be served somewhere. */
const KEPT = 8;

/** What was built, in a directory of its own. */
export interface Bundle {
  readonly key: string;
  readonly directory: string;
  readonly manifest: Manifest;
  /** Whether it was built just now, not found. */
  readonly fresh: boolean;
  /** Lets go of a directory that nobody else can use. */
  dispose(): void;
}

/** The pages could not be built; the message is the bundler's. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/**
 * Finds what was built from the same sources before, or builds it.
 *
 * @throws {BuildError} where the sources are wrong, and where the signal aborts
 */
export async function openBundle(signal: AbortSignal, cache = usualCache()): Promise<Bundle> {
  const key = buildKey();
  const kept = cache === undefined ? undefined : join(cache, key);
  if (kept !== undefined && existsSync(join(kept, MANIFEST))) {
    const now = new Date();
    utimesSync(kept, now, now); // so that it is not among those that are removed first
    return { key, directory: kept, manifest: await read(kept), fresh: false, dispose() {} };
  }
  const made = mkdtempSync(join(cache ?? tmpdir(), "building-"));
  try {
    await build(made, signal);
    if (cache === undefined || kept === undefined) return own(key, made);
    // Whoever was faster has made the same.
    await rename(made, kept).catch(() => rmSync(made, { recursive: true, force: true }));
    prune(cache);
    return { key, directory: kept, manifest: await read(kept), fresh: true, dispose() {} };
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error;
  }
}

async function own(key: string, directory: string): Promise<Bundle> {
  const dispose = () => rmSync(directory, { recursive: true, force: true });
  return { key, directory, manifest: await read(directory), fresh: true, dispose };
}

async function build(directory: string, signal: AbortSignal): Promise<void> {
  const child = Bun.spawn({
    cmd: [process.execPath, "--no-orphans", "--no-install", BUNDLER, directory],
    cwd: SOURCES,
    // Plugins run in it, which have no business with the server's secrets.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("FANFARE_"))),
    stdio: ["ignore", "ignore", "pipe"],
    signal,
    killSignal: "SIGKILL",
  });
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new BuildError(said.trim() || `the bundler ended with ${child.signalCode ?? code}`);
}

async function read(directory: string): Promise<Manifest> {
  const manifest: Manifest = await Bun.file(join(directory, MANIFEST)).json();
  return manifest;
}

/** Undefined where nothing can be written beside the libraries: then every start builds for itself. */
function usualCache(): string | undefined {
  const cache = join(libraries(), ".cache", "fanfare-web");
  try {
    mkdirSync(cache, { recursive: true });
    rmSync(mkdtempSync(join(cache, "probe-")), { recursive: true });
    return cache;
  } catch {
    return undefined;
  }
}

function prune(cache: string): void {
  const builds = readdirSync(cache).map((name) => {
    const path = join(cache, name);
    return { path, used: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
  });
  builds.sort((a, b) => b.used - a.used);
  for (const { path } of builds.slice(KEPT)) rmSync(path, { recursive: true, force: true });
}
