import { expect, test } from "bun:test";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { FanfareProcess, ServerProcess } from "@fanfare/testing/server-process";
import { openServer } from "@fanfare/testing/test-server";
import type { Config } from "../src/config/config.ts";
import { CertificateFiles, certificateAt } from "./support/certificates.ts";

const taken = { code: "EADDRINUSE" };
const open = async (config: Omit<Partial<Config>, "log">): Promise<unknown> => {
  try {
    await using _server = await openServer({ ...config, engine: { kind: "memory" } });
    return "it listens";
  } catch (error) {
    return error;
  }
};

/** Holds a port as another program would. */
async function hold(host: string): Promise<{ port: number } & Disposable> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.on("error", reject).listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { port, [Symbol.dispose]: () => server.close() };
}

test("LISTEN-1: a port that another program holds is an error, also on the other address of localhost", async () => {
  for (const [holder, host] of [
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "127.0.0.1"],
    ["127.0.0.1", "0.0.0.0"],
    ["::1", "localhost"],
    ["::", "localhost"],
  ] as const) {
    using held = await hold(holder);
    expect([holder, host, await open({ listen: { kind: "tcp", host, port: held.port } })]).toEqual([
      holder,
      host,
      expect.objectContaining(taken),
    ]);
  }
});

test("LISTEN-1: a port that another server would share is an error, too, with a certificate and without", async () => {
  using directory = scratchDirectory();
  const tls = new CertificateFiles(directory.path);
  using sharing = Bun.serve({ port: 0, hostname: "127.0.0.1", reusePort: true, fetch: () => new Response() });
  const listen = { kind: "tcp", host: "127.0.0.1", port: sharing.port ?? 0 } as const;
  expect(await open({ listen })).toMatchObject(taken);
  expect(await open({ listen: { ...listen, tls } })).toMatchObject(taken);
});

test("LISTEN-5: the host * is every address of this machine, and a port taken at one of them is an error", async () => {
  const listen = { kind: "tcp", host: "*", port: 0 } as const;
  await using server = await openServer({ listen, engine: { kind: "memory" } });
  const { port } = server.url;
  expect(server.url.href).toBe(`http://0.0.0.0:${port}/`);
  const addresses = Object.values(networkInterfaces()).flatMap((each = []) => each);
  const hosts = addresses
    .filter(({ address }) => !address.startsWith("fe80:")) // which take a zone as well
    .map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address));
  expect(hosts).toContain("127.0.0.1");
  for (const host of hosts) {
    expect([host, (await fetch(`http://${host}:${port}/health`)).status]).toEqual([host, 200]);
  }
  for (const holder of ["127.0.0.1", "::1", "0.0.0.0", "::"]) {
    using held = await hold(holder);
    expect([holder, await open({ listen: { ...listen, port: held.port } })]).toEqual([
      holder,
      expect.objectContaining(taken),
    ]);
  }
});

test("LISTEN-2: SIGHUP gives new handshakes the new certificate, keeps every connection, and keeps the old one where the new is bad", async () => {
  using directory = scratchDirectory();
  const tls = new CertificateFiles(directory.path);
  const flags = ["--tls-cert", tls.cert, "--tls-key", tls.key];
  await using server = await ServerProcess.start(join(directory.path, "data"), ...flags);
  expect(server.url.protocol).toBe("https:");
  const port = Number(server.url.port);
  expect(await certificateAt(port)).toBe("first.test");
  const early = await chat(port, "early");

  const reload = async (event: string, times: number) => {
    server.kill("SIGHUP");
    await server.printed(new RegExp(`(${event}[^]*){${times}}`));
  };
  tls.become("second");
  await reload("tls.reloaded", 1);
  expect(await certificateAt(port)).toBe("second.test");
  const late = await chat(port, "late");
  await early.heard("late joined the room"); // both listeners' clients are told
  late.ws.send("from late");
  await early.heard("from late");
  early.ws.send("from early");
  await late.heard("from early");

  tls.become("first", "second");
  await Bun.sleep(1_050); // a second SIGHUP within a second is the same one
  await reload("tls.unchanged", 1);
  expect(server.stdout).toMatch(
    /"level":"error","event":"tls.unchanged","error":"the key in \S+ does not belong/,
  );
  expect(await certificateAt(port)).toBe("second.test");
  late.ws.send("still here");
  await early.heard("still here");

  expect(await server.end("SIGTERM")).toEqual({ code: 0, signal: null });
  expect([await early.closed, await late.closed]).toEqual([1001, 1001]);
});

test("LISTEN-2: a bad certificate at the start is an error that names the file", async () => {
  using directory = scratchDirectory();
  const tls = new CertificateFiles(directory.path);
  const error = () => open({ listen: { kind: "tcp", host: "127.0.0.1", port: 0, tls } });
  tls.become("first", "second");
  expect(await error()).toMatchObject({ code: "certificate", message: expect.stringContaining(tls.key) });
  writeFileSync(tls.key, "no key");
  expect(await error()).toMatchObject({ code: "certificate", message: expect.stringContaining(tls.key) });
  writeFileSync(tls.cert, "no certificate");
  expect(await error()).toMatchObject({ code: "certificate", message: expect.stringContaining(tls.cert) });
  const gone = { ...tls, cert: join(directory.path, "gone.pem") };
  expect(await open({ listen: { kind: "tcp", host: "127.0.0.1", port: 0, tls: gone } })).toMatchObject({
    message: expect.stringMatching(/gone\.pem cannot be read \(ENOENT\)/),
  });
});

test("LISTEN-3 ENGINE-14: a unix socket is taken over after kill -9, with the data, and not from a server that lives", async () => {
  using directory = scratchDirectory();
  const socket = join(directory.path, "fanfare.sock");
  const start = (data: string) =>
    new FanfareProcess(["serve", "--socket", socket, "--data", join(directory.path, data)]);
  await using first = start("one");
  await first.printed(/"url":"unix:\/\/\S+fanfare\.sock"/);
  expect((statSync(socket).mode & 0o777).toString(8)).toBe("660");
  expect(await health(socket)).toBe(200);

  await using other = start("two");
  expect((await other.exited).code).not.toBe(0);
  expect(other.stderr).toMatch(/^fanfare: the socket \S+ is in use by another server; [^\n]+\n$/);
  expect(await health(socket)).toBe(200);

  await first.end("SIGKILL");
  expect(existsSync(socket)).toBe(true);
  await using second = start("one");
  await second.printed(/server\.listening/);
  expect(await health(socket)).toBe(200);
  expect(await second.end("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(existsSync(socket)).toBe(false);
});

test("LISTEN-3: what is no socket is left as it is, and a place where none can be made is named", async () => {
  using directory = scratchDirectory();
  const path = join(directory.path, "precious");
  writeFileSync(path, "do not touch");
  expect(await open({ listen: { kind: "unix", path } })).toMatchObject({ code: "ENOTSOCK" });
  expect(await Bun.file(path).text()).toBe("do not touch");
  for (const bad of [join(directory.path, "no", "where"), join(directory.path, "x".repeat(120))]) {
    expect(await open({ listen: { kind: "unix", path: bad } })).toMatchObject({
      name: "ListenError",
      message: expect.stringContaining(bad),
    });
  }
});

async function health(unix: string): Promise<number> {
  return (await fetch("http://localhost/health", { unix })).status;
}

async function chat(port: number, name: string) {
  const url = `wss://127.0.0.1:${port}/ws/room1?username=${name}`;
  const ws = new WebSocket(url, { tls: { rejectUnauthorized: false } });
  const heard: string[] = [];
  let more = Promise.withResolvers<void>();
  const closed = new Promise<number>((resolve) => {
    ws.onclose = ({ code }) => resolve(code);
  });
  ws.onmessage = ({ data }) => {
    heard.push(String(data));
    more.resolve();
    more = Promise.withResolvers();
  };
  const hear = async (text: string) => {
    while (!heard.some((frame) => frame.includes(text))) {
      const end = closed.then((code) => Promise.reject(new Error(`closed with ${code} before: ${text}`)));
      await Promise.race([more.promise, end]);
    }
  };
  await hear(`${name} joined the room`);
  return { ws, closed, heard: hear };
}
