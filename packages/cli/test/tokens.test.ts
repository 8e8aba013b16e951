import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NativeClient } from "@fanfare/testing/native-client";
import { type ScratchDirectory, scratchDirectory } from "@fanfare/testing/scratch-directory";
import { FanfareProcess, ServerProcess } from "@fanfare/testing/server-process";
import { keyPair, SECRET, token } from "@fanfare/testing/tokens";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { refusal } from "./support/refusal.ts";

const ENV = { FANFARE_TOKEN_SECRET: SECRET };

let place: ScratchDirectory;
/** Its file has the secret. */
let server: ServerProcess;
let file: string;
beforeAll(async () => {
  place = scratchDirectory();
  file = join(place.path, "secret.toml");
  writeFileSync(file, `log.level = "debug"\n[token]\nsecret = "${SECRET}"\naudience = "chat"\n`);
  server = await ServerProcess.start(join(place.path, "data"), "--web=off", "--config", file);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  place[Symbol.dispose]();
});

async function run(
  args: readonly string[],
  env: Record<string, string> = {},
  stderr: string | RegExp = /^$/,
): Promise<string> {
  await using fanfare = new FanfareProcess(args, [], { env });
  expect(await fanfare.exited).toMatchObject({ code: 0 });
  expect(fanfare.stderr).toMatch(stderr);
  return fanfare.stdout.trim();
}

describe("fanfare token", () => {
  test("AUTH-6: makes tokens that the server with the same settings takes", async () => {
    const text = await run([
      "token",
      "--config",
      file,
      "--user",
      "alice",
      "--room=chat:*=join,publish",
      "--ttl",
      "5m",
    ]);
    const alice = await NativeClient.open(server.url);
    expect(await alice.ok({ op: "hello", token: text })).toMatchObject({ user: "alice" });
    await alice.publish("chat:a", "note", 1);
    expect(await alice.request({ op: "join", room: "other" })).toMatchObject({ name: "forbidden" });
    await alice.close();
    const plain = await run(["token", "--user=bob"], { ...ENV, FANFARE_TOKEN_AUDIENCE: "chat" });
    const bob = await NativeClient.open(server.url);
    await bob.ok({ op: "hello", token: plain });
    await bob.join("other");
    await bob.close();
    const stranger = await NativeClient.open(server.url);
    const elsewhere = await run(["token", "--user=bob"], ENV);
    expect(await stranger.request({ op: "hello", token: elsewhere })).toMatchObject({ name: "unauthorized" });
    await stranger.close();
  });

  for (const [args, env, why] of [
    [["--user=a"], {}, "there is no secret to sign with; set FANFARE_TOKEN_SECRET to that of the server"],
    [[], ENV, "--user is missing; say whose token it is: --user alice"],
    [["--user=guest-a"], ENV, '--user is "guest-a"; it takes a name'],
    [["--user=a", "--room=chat:*"], ENV, '--room is "chat:*"; it takes a pattern and permissions'],
    [["--user=a", "--room=chat:*=fly"], ENV, '--room is "chat:*=fly"; it takes a pattern and permissions'],
    [["--user=a", "--ttl=soon"], ENV, '--ttl is "soon"; it takes a duration'],
    [["--user=a", "--ttl"], ENV, "--ttl has no value"],
    [["--usr=a"], ENV, "there is no flag --usr"],
  ] as const) {
    test(`refuses ${args.join(" ") || "nothing"} with ${Object.keys(env).length} variables`, async () => {
      expect(await refusal(["token", ...args], { env })).toStartWith(why);
    });
  }
});

test("AUTH-11: fanfare revoke does not read a strange server's answer to its end", async () => {
  const spaces = Buffer.alloc(64 * 1024, " ");
  const endless = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(new ReadableStream({ pull: (body) => body.enqueue(spaces) })),
  });
  try {
    const args = ["revoke", "--user=a", "--server", endless.url.href];
    expect(await refusal(args, { env: { FANFARE_ADMIN_TOKEN: "t" } })).toBe(
      `the server at ${endless.url.origin} does not answer like Fanfare; name it with --server`,
    );
  } finally {
    await endless.stop(true);
  }
});

test("AUTH-9: fanfare revoke closes and refuses a user; over a restart, too", async () => {
  using data = scratchDirectory();
  const admin = ["--config", file];
  const first = await ServerProcess.start(data.path, "--web=off", ...admin);
  const text = await token({ sub: "mallory", aud: "chat" });
  const mallory = await NativeClient.open(first.url);
  await mallory.ok({ op: "hello", token: text });
  const revoke = ["revoke", ...admin, "--user=mallory", "--for=1d", "--server", first.url.href];
  expect(await run(revoke)).toMatch(/^\{"closed":1,"until":\d+\}$/);
  expect(await mallory.closed).toMatchObject({ code: 4501 });
  const foreign = await token({ sub: "ada", aud: "chat" });
  expect(await refusal(revoke, { env: { FANFARE_ADMIN_TOKEN: foreign } })).toEndWith(
    "403 You lack the permission admin in *.",
  );
  expect(await first.end("SIGTERM")).toMatchObject({ code: 0 });
  await using second = await ServerProcess.start(data.path, "--web=off", ...admin);
  const again = await NativeClient.open(second.url);
  expect(await again.request({ op: "hello", token: text })).toMatchObject({ name: "unauthorized" });
  await again.close();
  expect(await refusal(["revoke", ...admin, "--user=a", "--server=http://127.0.0.1:1"])).toContain(
    "cannot be reached",
  );
  expect(await refusal(["revoke", ...admin])).toContain("--user or --connection");
});

test("AUTH-9: fanfare revoke says what to do where the server uses no tokens", async () => {
  using data = scratchDirectory();
  await using open = await ServerProcess.start(data.path, "--web=off");
  expect(await refusal(["revoke", "--config", file, "--user=a", "--server", open.url.href])).toEndWith(
    "has no /api/admin/revoke: it is another server, or uses no tokens, so there are none to refuse (docs/security.md)",
  );
});

test("AUTH-12: one that cannot be written holds until a restart, and says so; one that is asked for again is kept", async () => {
  using data = scratchDirectory();
  const admin = ["--config", file];
  const first = await ServerProcess.start(data.path, "--web=off", ...admin);
  const revoke = ["revoke", ...admin, "--user=mallory", "--for=1d", "--server", first.url.href];
  mkdirSync(join(data.path, "revocations.json.new")); // nothing can be written under this name
  const kept = await run(revoke, {}, /^fanfare: the server cannot write the revocation to disk: [^\n]+\n$/);
  expect(kept).toMatch(/^\{"closed":0,"until":\d+,"kept":false\}$/);
  const text = (await run(["token", ...admin, "--user=mallory"])).trim();
  const refusedBy = async ({ url }: ServerProcess) => {
    const client = await NativeClient.open(url);
    const reply = await client.request({ op: "hello", token: text });
    await client.close();
    return "name" in reply && reply.name === "unauthorized";
  };
  expect(await refusedBy(first)).toBe(true);
  await first.end("SIGKILL");
  rmdirSync(join(data.path, "revocations.json.new"));
  const second = await ServerProcess.start(data.path, "--web=off", ...admin);
  expect(await refusedBy(second)).toBe(false);
  expect(await run([...revoke.slice(0, -1), second.url.href])).toMatch(/^\{"closed":0,"until":\d+\}$/);
  await second.end("SIGKILL");
  await using third = await ServerProcess.start(data.path, "--web=off", ...admin);
  expect(await refusedBy(third)).toBe(true);
});

test("LOG-2: what a server answers steers no terminal", async () => {
  let status = 403;
  using strange = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => Response.json({ error: "\u001b[31mno\r\n\u009b2J\u202e" }, { status }),
  });
  const revoke = ["revoke", "--config", file, "--user=a", "--server", strange.url.href];
  const shown = String.raw`\u001b[31mno\u000d\u000a\u009b2J\u202e`;
  expect(await refusal(revoke)).toEndWith(shown);
  status = 200;
  expect(await run(revoke)).toMatch(/^\{[\x20-\x7e]+\}$/);
});

describe("what is configured", () => {
  test("LOG-3: neither a secret nor a token is ever shown or logged", async () => {
    const shown = await run(["config"], ENV);
    expect(shown).toContain('secret = "***"');
    expect(shown).not.toContain(SECRET);
    const text = await token({ sub: "ada", aud: "chat" });
    const client = await NativeClient.open(server.url, "ada", `/ws?token=${text}`);
    await client.ok({ op: "hello" });
    await client.request({ op: "refresh", token: `${text}x` });
    await client.close();
    // Where none belongs, by a mistake of the client's.
    for (const path of [
      `/ws/a%3Ftoken%3D${text}`,
      `/ws/a&token=${text}`,
      `/ws/a;token=${text}`,
      `/${text}`,
    ]) {
      await fetch(new URL(path, server.url), { headers: UPGRADE_HEADERS });
    }
    await server.printed(/"path":"\/\[token\]"/);
    for (const path of [`/board?token=${text}x`, `/nowhere?token=${text}`, `/api/todos?token=${text}`]) {
      await fetch(new URL(path, server.url), { headers: { cookie: `fanfare_token=${text}` } });
    }
    await server.printed(/token\.refused/);
    const [, payload = "", signature = ""] = text.split(".");
    for (const secret of [SECRET, payload, signature, "eyJ"]) {
      expect(server.stdout + server.stderr).not.toContain(secret);
    }
  });

  test("HELLO-4: the cookie may have a name that browsers take from this host alone, and then no other counts", async () => {
    const flags = ["--web=off", "--config", file, "--token-cookie=__Host-fanfare_token"];
    await using own = await ServerProcess.start(join(place.path, "cookie"), ...flags);
    const text = await token({ sub: "ada", aud: "chat" });
    const planted = await token({ sub: "mallory", aud: "chat" });
    const user = async (cookie: string) => {
      const response = await fetch(new URL("/api/session", own.url), { headers: { cookie } });
      return ((await response.json()) as { user?: string }).user;
    };
    expect(await user(`fanfare_token=${planted}; __Host-fanfare_token=${text}`)).toBe("ada");
    expect(await user(`fanfare_token=${planted}`)).toBeUndefined();
    expect(await user(`__host-fanfare_token=${planted}`)).toBeUndefined();
  });

  test("LOG-2: names from tokens forge no line", async () => {
    const sub = "eve\u2028\u202e";
    const client = await NativeClient.open(server.url);
    expect(await client.request({ op: "hello", token: await token({ sub, aud: "chat" }) })).toMatchObject({
      name: "unauthorized",
    });
    const odd = await token({ sub: 'eve"level=error', aud: "chat", rooms: {} });
    await client.ok({ op: "hello", token: odd });
    await client.request({ op: "join", room: 'x","event":"forged' });
    await server.printed(/"room":"x\\",\\"event\\":\\"forged"/);
    for (const line of server.stdout.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("event");
    await client.close();
  });

  test("AUTH-1: with a public key only what its private key has signed is taken", async () => {
    const pair = keyPair("ed25519");
    const pem = join(place.path, "public.pem");
    writeFileSync(pem, pair.pem);
    await using own = await ServerProcess.start(
      join(place.path, "own"),
      "--web=off",
      "--token-public-key",
      pem,
    );
    const client = await NativeClient.open(own.url);
    expect(await client.request({ op: "hello", token: await token("ada") })).toMatchObject({
      name: "unauthorized",
    });
    await client.ok({ op: "hello", token: await token("ada", { key: pair.privateKey, alg: "EdDSA" }) });
    await client.close();
  });

  test("with tokens in use it listens for other machines without --insecure", async () => {
    const env = { ...ENV, FANFARE_WEB: "off", FANFARE_ENGINE: "memory" };
    await using open = new FanfareProcess(["serve", "--host=0.0.0.0", "--port=0"], [], { env });
    await open.printed(/server\.listening|listening/);
    expect(existsSync(join(import.meta.dir, "data"))).toBe(false);
  });

  const pem = (text: string) => {
    const path = join(place.path, "wrong.pem");
    writeFileSync(path, text);
    return `--token-public-key=${path}`;
  };
  for (const [what, args, env, why] of [
    [
      "a short secret",
      () => [],
      { FANFARE_TOKEN_SECRET: "hunter2hunter2" },
      'FANFARE_TOKEN_SECRET is "***"; it takes a secret of at least 32 bytes',
    ],
    ["an empty secret", () => [], { FANFARE_TOKEN_SECRET: "" }, 'FANFARE_TOKEN_SECRET is "***"'],
    [
      "two keys",
      () => [pem(keyPair("ec").pem)],
      ENV,
      "FANFARE_TOKEN_SECRET and --token-public-key are both given",
    ],
    ["no key", () => [pem("hello")], {}, "the public key"],
    [
      "a key file that is not there",
      () => ["--token-public-key=/nowhere.pem"],
      {},
      "the public key /nowhere.pem cannot be read (ENOENT)",
    ],
    [
      "a key set for anybody",
      () => ["--token-jwks=https://login.example.com/keys"],
      {},
      "--token-jwks is given without token.audience or token.issuer",
    ],
    [
      "a key set that anybody can change",
      () => ["--token-jwks=http://login.example.com/keys"],
      {},
      '--token-jwks is "http://login.example.com/keys"; it takes',
    ],
    [
      "a key set's address with a password, which is not shown",
      () => ["--token-jwks=https://me:hunter2@login.example.com/keys"],
      {},
      '--token-jwks is "https://me:***@login.example.com/keys"; it takes',
    ],
    ["a host with a port", () => ["--allow-host=a:80/x"], {}, '--allow-host is "a:80/x"; it takes a name'],
    [
      "a permission that there is not",
      () => [],
      { FANFARE_POLICIES: '[{pattern="a", guests=["fly"]}]' },
      'FANFARE_POLICIES.guests is "fly"; it takes a list of join',
    ],
    ["a cookie that is none", () => ["--token-cookie=a b"], {}, '--token-cookie is "a b"; it takes'],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const said = await refusal(["serve", "--data", join(place.path, "unused"), ...args()], { env });
      expect(said).toStartWith(why);
      expect(said).not.toContain("hunter2");
    });
  }

  test("AUTH-9: revocations that cannot be read are an error at the start", async () => {
    using data = scratchDirectory();
    writeFileSync(join(data.path, "revocations.json"), "{}");
    const args = ["serve", "--port=0", "--web=off", "--data", data.path];
    expect(await refusal(args, { env: ENV })).toContain("revocations.json is damaged");
    expect(readFileSync(join(data.path, "revocations.json"), "utf8")).toBe("{}");
  });
});
