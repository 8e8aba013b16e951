import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { NativeClient } from "@fanfare/testing/native-client";
import { type ScratchDirectory, scratchDirectory } from "@fanfare/testing/scratch-directory";
import { FanfareProcess, ServerProcess } from "@fanfare/testing/server-process";
import { refusal } from "./support/refusal.ts";

let place: ScratchDirectory;
/** A data directory with messages in it that no server has open; copies of it are spoilt. */
let kept: string;
beforeAll(async () => {
  place = scratchDirectory();
  kept = join(place.path, "kept");
  await using server = await ServerProcess.start(kept);
  const client = await NativeClient.connect(server.url, "Armin");
  for (let i = 0; i < 200; i++) await client.publish(`room${i % 20}`, "note", "x".repeat(500));
  await server.end("SIGTERM");
});
afterAll(() => place[Symbol.dispose]());

const start = (data: string, ...flags: string[]) => ["serve", "--port", "0", "--data", data, ...flags];

describe("an address that cannot be had", () => {
  for (const [what, listening] of [
    ["by another program", () => listen()],
    ["by another fanfare", () => ServerProcess.start(join(place.path, "other"))],
  ] as const) {
    test(`a port taken ${what}`, async () => {
      await using other = await listening();
      const args = start(join(place.path, "mine"), "--host", "127.0.0.1", "--port", other.url.port);
      expect(await refusal(args)).toBe(
        `port ${other.url.port} on 127.0.0.1 is taken; choose another with --port, or 0 for a free one`,
      );
    });
  }

  for (const host of ["203.0.113.7", "no-such-host.invalid", "http://localhost", "localhost:80", "a*"]) {
    test(`the host ${host}`, async () => {
      expect(await refusal(start(join(place.path, "mine"), "--insecure", "--host", host))).toBe(
        `"${host}" is no address of this machine, so nothing can listen there; correct --host`,
      );
    });
  }
});

describe("a certificate or a socket that cannot be had", () => {
  const FIX = "; correct --tls-cert and --tls-key";
  const at = (name: string) => join(place.path, name);
  const tls = (cert: string, key: string) => start(at("mine"), "--tls-cert", at(cert), "--tls-key", at(key));

  test("a certificate that is not there", async () => {
    const sentence = `the certificate file ${at("cert.pem")} cannot be read (ENOENT)${FIX}`;
    expect(await refusal(tls("cert.pem", "key.pem"))).toBe(sentence);
  });

  test("a certificate that is none, of which nothing is shown", async () => {
    writeFileSync(at("secret.pem"), "SECRET");
    const sentence = `${at("secret.pem")} holds no certificate in PEM form${FIX}`;
    expect(await refusal(tls("secret.pem", "secret.pem"))).toBe(sentence);
  });

  test("a socket whose path is a file, which stays", async () => {
    writeFileSync(at("no-socket"), "mine");
    const args = ["serve", "--data", at("mine"), "--socket", at("no-socket")];
    expect(await refusal(args)).toBe(
      `${at("no-socket")} is there and is no socket; choose another path, or remove it`,
    );
    expect(readFileSync(at("no-socket"), "utf8")).toBe("mine");
  });

  test("a socket on which another server listens", async () => {
    const socket = (data: string) => ["serve", "--data", at(data), "--socket", at("s")];
    await using other = new FanfareProcess(socket("other"));
    await other.printed(/server\.listening/);
    expect(await refusal(socket("mine"))).toBe(
      `the socket ${at("s")} is in use by another server; stop that one, or choose another path`,
    );
  });
});

describe("a data directory that cannot be used is left as it was", () => {
  const CHOOSE = "choose another with --data";
  const unusable = (data: string) =>
    `the data directory ${data} cannot be used; make it a writable directory with space left, or ${CHOOSE}`;
  const damaged = (data: string) =>
    `the database in ${data} is damaged and was left as it is; restore it from a backup, or ${CHOOSE}`;

  test("ENGINE-14 ERR-2: one that another server has open, which goes on", async () => {
    const data = join(place.path, "shared");
    await using running = await ServerProcess.start(data);
    expect(await refusal(start(data))).toBe(
      `the data directory ${data} is in use by another server; stop that one, or ${CHOOSE}`,
    );
    const client = await NativeClient.connect(running.url, "Armin");
    expect((await client.publish("r", "note", 1)).offset).toBe(1);
  });

  for (const [what, spoil, sentence] of [
    ["damaged in its header", (path: string) => overwrite(path, 24, 200), damaged],
    ["damaged in its first table", (path: string) => overwrite(path, 4096, 64), damaged],
    ["truncated within a page", (path: string) => truncateSync(path, 3_000), damaged],
    ["truncated after some pages", (path: string) => truncateSync(path, 5 * 4096), damaged],
    [
      "no database",
      (path: string) => writeFileSync(path, "no database at all ".repeat(500)),
      (data: string) => `the data directory ${data} has a fanfare.db that is not Fanfare's; ${CHOOSE}`,
    ],
    [
      "another program's",
      (path: string) => {
        writeFileSync(path, "");
        change(path, "CREATE TABLE theirs (x)");
      },
      (data: string) => `the data directory ${data} has a fanfare.db that is not Fanfare's; ${CHOOSE}`,
    ],
    [
      "from a newer version",
      (path: string) => change(path, "PRAGMA user_version = 99"),
      (data: string) =>
        `the data directory ${data} was written by a newer Fanfare; start that one again, or ${CHOOSE}`,
    ],
  ] as const) {
    test(`ENGINE-15: a database that is ${what}`, async () => {
      const data = join(place.path, what);
      cpSync(kept, data, { recursive: true });
      spoil(join(data, "fanfare.db"));
      const before = contents(data);
      expect(await refusal(start(data))).toStartWith(sentence(data));
      expect(contents(data)).toEqual(before);
    });
  }

  test("a file", async () => {
    const file = join(place.path, "file");
    writeFileSync(file, "mine");
    for (const data of [file, join(file, "below")]) {
      expect(await refusal(start(data))).toStartWith(unusable(data));
    }
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  test("one that the server may not write to", async () => {
    for (const data of ["/proc", "/proc/below"])
      expect(await refusal(start(data))).toStartWith(unusable(data));
  });

  test("one whose database is a directory", async () => {
    const data = join(place.path, "odd");
    mkdirSync(join(data, "fanfare.db"), { recursive: true });
    expect(await refusal(start(data))).toStartWith(unusable(data));
  });

  const canMount = process.getuid?.() === 0 && mountable();
  const withMounts = canMount ? test : test.skip;
  const why = canMount ? "" : " (SKIPPED: mounting takes root, so a full and a read-only disk went untested)";
  withMounts(`one on a full disk${why}`, async () => {
    using disk = tinyDisk(join(place.path, "full"));
    expect(await refusal(start(disk.path))).toStartWith(unusable(disk.path));
    expect(await refusal(start(join(disk.path, "below")))).toStartWith(unusable(join(disk.path, "below")));
  });

  withMounts(`one on a read-only disk${why}`, async () => {
    using disk = tinyDisk(join(place.path, "read-only"));
    execFileSync("mount", ["-o", "remount,ro", disk.path]);
    expect(await refusal(start(disk.path))).toStartWith(unusable(disk.path));
    expect(contents(disk.path)).toEqual([]);
  });
});

for (const limit of [8, 12, 20, 32]) {
  test(`a limit of ${limit} file descriptors`, async () => {
    const by = ["sh", "-c", `ulimit -n ${limit}; exec "$0" "$@"`];
    expect(await refusal(start(join(place.path, "few")), undefined, by)).toBe(
      "there are too few file descriptors to start with; raise the limit, for example with ulimit -n 1024",
    );
  });
}

/** A port that another program holds. */
async function listen(): Promise<{ readonly url: URL } & AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function overwrite(path: string, at: number, length: number): void {
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(length, 0xa5), 0, length, at);
  closeSync(file);
}

function change(path: string, sql: string): void {
  const db = new Database(path);
  db.run(sql);
  db.close();
}

/** Names and bytes of what a directory holds. */
function contents(directory: string): [string, string][] {
  return readdirSync(directory)
    .sort()
    .map((name) => [name, readFileSync(join(directory, name)).toString("base64")]);
}

function tinyDisk(path: string): { readonly path: string } & Disposable {
  mkdirSync(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", path]);
  return { path, [Symbol.dispose]: () => execFileSync("umount", [path]) };
}

function mountable(): boolean {
  const probe = scratchDirectory();
  try {
    tinyDisk(join(probe.path, "disk"))[Symbol.dispose]();
    return true;
  } catch {
    return false; // root in a container, as a rule
  } finally {
    probe[Symbol.dispose]();
  }
}
