import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Fanfare } from "@fanfare/client";
import { type ScratchDirectory, scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { SECRET } from "@fanfare/testing/tokens";

const EXAMPLE = fileURLToPath(new URL("../../../examples/login.mjs", import.meta.url));

let place: ScratchDirectory;
let fanfare: ServerProcess;
let backend: Bun.Subprocess<"ignore", "pipe", "inherit">;
let login: URL;
beforeAll(async () => {
  place = scratchDirectory();
  const file = `${place.path}/fanfare.toml`;
  await Bun.write(file, `[token]\nsecret = "${SECRET}"\n`);
  fanfare = await ServerProcess.start(`${place.path}/data`, "--web=off", "--config", file);
  backend = Bun.spawn([process.execPath, "--no-orphans", EXAMPLE], {
    env: { ...process.env, FANFARE_TOKEN_SECRET: SECRET, FANFARE_URL: fanfare.url.href, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const chunk of backend.stdout) {
    login = new URL(new TextDecoder().decode(chunk).trim());
    break;
  }
});
afterAll(async () => {
  backend.kill();
  await backend.exited;
  await fanfare[Symbol.asyncDispose]();
  place[Symbol.dispose]();
});

/** The cookies of a login, as a browser sends them. */
async function signIn(
  user: string,
  password: string,
): Promise<{ status: number; cookies: readonly string[] }> {
  const body = new URLSearchParams({ user, password });
  const response = await fetch(login, { method: "POST", body, redirect: "manual" });
  expect(response.status === 401 || response.headers.get("location") === fanfare.url.href).toBe(true);
  return { status: response.status, cookies: response.headers.getSetCookie() };
}

const sent = (cookies: readonly string[]) => cookies.map((each) => each.split(";")[0]).join("; ");

test("the example has less than 60 lines", () => {
  expect(readFileSync(EXAMPLE, "utf8").trimEnd().split("\n").length).toBeLessThan(60);
});

test("HELLO-4 HTTP-8: who signs in there is that user here, by the cookie and by the SDK's token", async () => {
  const { status, cookies } = await signIn("alice", "wonderland");
  expect(status).toBe(303);
  for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Lax/);
  const cookie = sent(cookies);
  const session = await fetch(new URL("/api/session", fanfare.url), { headers: { cookie } });
  expect([session.status, await session.json()]).toEqual([
    200,
    { user: "alice", expires: expect.any(Number), time: expect.any(Number), guests: false },
  ]);
  const token = async () => (await fetch(new URL("/token", login), { headers: { cookie } })).text();
  await using client = new Fanfare(fanfare.url, { token });
  const room = client.room("chat:lobby");
  await room.join();
  await room.publish("chat", { text: "hi" });
  expect((await room.history()).messages).toMatchObject([{ from: "alice", data: { text: "hi" } }]);
  await expect(client.room("inbox:bob").join()).rejects.toMatchObject({ code: "forbidden" });
  await client.room("inbox:alice").join();
});

test("a login leads back to the page that led there, and never to another host, whatever the link says", async () => {
  const ends = async (back: string) => {
    const to = new URL(`?${new URLSearchParams({ return: back })}`, login);
    const body = new URLSearchParams({ user: "alice", password: "wonderland" });
    const response = await fetch(to, { method: "POST", body, redirect: "manual" });
    return new URL(response.headers.get("location") ?? "", "http://none.example");
  };
  for (const path of ["/", "/r/team", "/r/a%2Fb%3F?x=1&y=%26", "/todo?list=..", "/console?room=orders.*"]) {
    expect((await ends(path)).href).toBe(new URL(path, fanfare.url).href);
  }
  for (const hostile of [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "@evil.example",
    ".evil.example",
    ":1@evil.example",
    "/%2F/../../../evil.example",
    "/a\r\nset-cookie: fanfare_token=x",
    "\ud800",
    "r/team",
    "",
  ]) {
    const end = await ends(hostile);
    expect([hostile, end.origin, end.username]).toEqual([hostile, fanfare.url.origin, ""]);
  }
});

test("AUTH-7: without a login there is no token and no access", async () => {
  for (const [user, password] of [
    ["alice", "builder"],
    ["mallory", "wonderland"],
    ["", ""],
  ] as const) {
    expect(await signIn(user, password)).toEqual({ status: 401, cookies: [] });
  }
  expect((await fetch(new URL("/token", login))).status).toBe(401);
  expect((await fetch(new URL("/token", login), { headers: { cookie: "session=alice" } })).status).toBe(401);
  expect((await fetch(new URL("/api/session", fanfare.url))).status).toBe(401);
  await using client = new Fanfare(fanfare.url, { user: "alice" });
  await expect(client.connect()).rejects.toMatchObject({ code: "unauthorized" });
});
