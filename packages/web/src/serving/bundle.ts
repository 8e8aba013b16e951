import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildKey, nodeModules } from "./build-key.ts";
import { MANIFEST, type Manifest } from "./manifest.ts";

const BUNDLER = fileURLToPath(new URL("./bundler.ts", import.meta.url));
const SOURCES = fileURLToPath(new URL("../", import.meta.url));
/** Builds in the cache: this version and earlier ones, which another server may still use. */
const MOST_BUILDS = 8;

/** A build in its directory. */
export interface Bundle {
  readonly key: string;
  readonly directory: string;
  readonly manifest: Manifest;
  /** Built just now, not found in the cache. */
  readonly fresh: boolean;
  /** Deletes the directory if it is not in the cache. */
  dispose(): void;
}

/** The pages could not be built. The message comes from the bundler. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/**
 * Finds a build of the same sources in the cache, or makes one.
 *
 * @throws {BuildError} where the sources are wrong, and where the signal aborts
 */
export async function openBundle(signal: AbortSignal, cache = defaultCache()): Promise<Bundle> {
  const key = buildKey();
  const cached = cache === undefined ? undefined : join(cache, key);
  if (cached !== undefined && existsSync(join(cached, MANIFEST))) {
    const now = new Date();
    utimesSync(cached, now, now); // so that it is not removed first
    return { key, directory: cached, manifest: await read(cached), fresh: false, dispose() {} };
  }
  const made = mkdtempSync(join(cache ?? tmpdir(), "building-"));
  try {
    await build(made, signal);
    if (cache === undefined || cached === undefined) return uncached(key, made);
    // A power loss must not leave a build under its key whose files are empty.
    for (const name of [...readdirSync(made), "."]) sync(join(made, name));
    // Another process has made the same build first.
    await rename(made, cached).catch(() => rmSync(made, { recursive: true, force: true }));
    prune(cache);
    return { key, directory: cached, manifest: await read(cached), fresh: true, dispose() {} };
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error;
  }
}

/** A file, or a directory's names. */
function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function uncached(key: string, directory: string): Promise<Bundle> {
  const dispose = () => rmSync(directory, { recursive: true, force: true });
  return { key, directory, manifest: await read(directory), fresh: true, dispose };
}

async function build(directory: string, signal: AbortSignal): Promise<void> {
  const child = Bun.spawn({
    cmd: [process.execPath, "--no-orphans", "--no-install", BUNDLER, directory],
    cwd: SOURCES,
    // Plugins run in it, which must not see the server's secrets.
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

/** @returns undefined if the directory of the libraries is read-only; then every start builds again */
function defaultCache(): string | undefined {
  const cache = join(nodeModules(), ".cache", "fanfare-web");
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
  for (const { path } of builds.slice(MOST_BUILDS)) rmSync(path, { recursive: true, force: true });
}
