import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { join } from "node:path";
import { ChatClient } from "@fanfare/testing/chat-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { openServer } from "@fanfare/testing/test-server";
import { CertificateFiles, certificateAt } from "./support/certificates.ts";
import { canOwnNetwork, inOwnNetwork } from "./support/network-namespace.ts";

const ADDRESSES = ["127.0.0.1", "[::1]"];
const PROGRAM = join(import.meta.dir, "support", "localhost-addresses.ts");
const UNTESTED =
  "UNTESTED: where localhost listens on a machine that has one loopback address alone, or whose free ports differ between the two. No network of its own can be had here: run this where unprivileged user namespaces are allowed.";

const able = await canOwnNetwork();
if (!able) {
  if (process.env.CI !== undefined) throw new Error(UNTESTED);
  console.error(UNTESTED);
}

test("LISTEN-4: localhost is both loopback addresses, and clients of both are in the same rooms", async () => {
  for (const host of ["localhost", "LocalHost"]) {
    const server = await openServer({ listen: { kind: "tcp", host, port: 0 }, engine: { kind: "memory" } });
    await using _server = server;
    const { port } = server.url;
    expect(server.url.href).toBe(`http://localhost:${port}/`);
    const [first, second] = await Promise.all(
      ADDRESSES.map((address, i) => ChatClient.enter(new URL(`http://${address}:${port}`), "room1", `u${i}`)),
    );
    first?.send("from the first");
    second?.send("from the second");
    for (const client of [first, second]) {
      await client?.said("from the first");
      await client?.said("from the second");
    }
    await server.stop();
    for (const address of ADDRESSES) expect(await status(`http://${address}:${port}/health`)).toBe("refused");
  }
});

test("LISTEN-2 LISTEN-4: a reload gives both addresses of localhost the new certificate", async () => {
  using directory = scratchDirectory();
  const tls = new CertificateFiles(directory.path);
  const listen = { kind: "tcp", host: "localhost", port: 0, tls } as const;
  await using server = await openServer({ listen, engine: { kind: "memory" } });
  const { port } = server.url;
  expect(server.url.href).toBe(`https://localhost:${port}/`);
  const names = () => Promise.all(["127.0.0.1", "::1"].map((host) => certificateAt(Number(port), host)));
  expect(await names()).toEqual(["first.test", "first.test"]);
  tls.become("second");
  server.reload();
  expect(await names()).toEqual(["second.test", "second.test"]);
});

test("LISTEN-1 LISTEN-4: a port that is taken at either address is an error, and neither stays bound", async () => {
  for (const [taken, other] of [
    ["127.0.0.1", "::1"],
    ["::1", "127.0.0.1"],
  ] as const) {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, taken, resolve));
    const address = holder.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const opened = openServer({
      listen: { kind: "tcp", host: "localhost", port },
      engine: { kind: "memory" },
    });
    expect(opened).rejects.toMatchObject({ code: "EADDRINUSE" });
    await opened.catch(() => {});
    const free = createServer();
    await new Promise<void>((resolve, reject) => free.on("error", reject).listen(port, other, resolve));
    free.close();
    holder.close();
  }
});

test.skipIf(!able)("LISTEN-4: where the machine has one of the two addresses, it is that one", async () => {
  for (const [absent, there] of [
    ["::1/128", "127.0.0.1"],
    ["127.0.0.1/8", "[::1]"],
  ] as const) {
    expect(await run(`ip addr del ${absent} dev lo`)).toMatchObject({ reached: [there] });
  }
});

test.skipIf(!able)("LISTEN-4: port 0 is a port that is free at both addresses", async () => {
  const printed = await run("true", "40000 40003", "40000", "40001", "40002");
  expect(printed).toEqual({ port: "40003", reached: ADDRESSES });
});

/** Runs the program in a network that `setUp` changes. @returns what it prints */
async function run(setUp: string, ...args: string[]): Promise<unknown> {
  const child = Bun.spawn({
    cmd: inOwnNetwork(setUp, [process.execPath, "--no-orphans", PROGRAM, ...args]),
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(await new Response(child.stdout).text());
}

async function status(url: string): Promise<number | "refused"> {
  return fetch(url).then(
    (response) => response.status,
    () => "refused",
  );
}
