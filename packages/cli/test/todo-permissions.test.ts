import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { NativeClient } from "@fanfare/testing/native-client";
import { type ScratchDirectory, scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";
import { SECRET, token } from "@fanfare/testing/tokens";

const CONFIGURATION = `
[token]
secret = "${SECRET}"
[[policies]]
pattern = "todo:public*"
guests = ["history", "publish"]
`;

let place: ScratchDirectory;
let server: ServerProcess;
let client: TodoClient;
beforeAll(async () => {
  place = scratchDirectory();
  const file = join(place.path, "fanfare.toml");
  writeFileSync(file, CONFIGURATION);
  server = await ServerProcess.start(join(place.path, "data"), "--web=off", "--config", file);
  client = new TodoClient(server.url);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  place[Symbol.dispose]();
});

const bearer = async (rooms?: Record<string, string>, sub = "ada") => ({
  authorization: `Bearer ${await token({ sub, ...(rooms && { rooms }) })}`,
});
const lacks = (permission: string, room: string) => ({
  status: 403,
  body: { code: "forbidden", detail: `You lack the permission ${permission} in ${room}.` },
});

test("TODO-8: without the permission nothing is read, and nothing is changed", async () => {
  const own = await bearer({ "todo:*": "history,publish" });
  const milk = await client.create("groceries", "Milk", own);
  const etag = { "if-match": '"1"' };
  const requests = [
    ["GET", "?list=groceries", undefined, "history", "todo:groceries"],
    ["GET", "", undefined, "history", "todo:*"],
    ["GET", "/lists", undefined, "history", "todo:*"],
    ["POST", "", { list: "groceries", title: "Eggs" }, "publish", "todo:groceries"],
  ] as const;
  const unpermitted = await bearer({ "todo:other": "history,publish", "*": "join,event,presence" });
  for (const [method, path, body, permission, room] of requests) {
    const answer = await client.ask(method, path, body, { ...unpermitted, ...etag });
    expect([method, path, answer]).toMatchObject([method, path, lacks(permission, room)]);
  }
  const reader = await bearer({ "todo:*": "history" });
  const writer = await bearer({ "todo:groceries": "publish" });
  for (const [method, path, body, permission, room] of requests) {
    const who = permission === "publish" ? reader : writer;
    expect(await client.ask(method, path, body, { ...who, ...etag })).toMatchObject(lacks(permission, room));
  }
  expect((await client.ask("GET", `/${milk.id}`, undefined, reader)).body).toEqual(milk as never);
  expect((await client.ask("GET", "", undefined, reader)).body).toMatchObject({ todos: [milk] });
  for (const [method, body] of [["PATCH", { completed: true }], ["DELETE"]] as const) {
    const refused = await client.ask(method, `/${milk.id}`, body, reader);
    expect(refused).toMatchObject(lacks("publish", "todo:groceries"));
  }
  const both = await bearer({ "todo:groceries": "history,publish" });
  const done = await client.ask("PATCH", `/${milk.id}`, { completed: true }, both);
  expect(done).toMatchObject({ status: 200, body: { completed: true } });
  expect((await client.ask("DELETE", `/${milk.id}`, undefined, both)).status).toBe(204);
});

test("TODO-8: who may not read a list learns nothing of its to-dos, not even whether one exists", async () => {
  const own = await bearer({ "todo:*": "history,publish" });
  const there = await client.create("secrets", "a secret", own);
  const { id: deleted } = await client.create("secrets", "another secret", own);
  await client.remove(deleted, own);
  const before = await client.get(there.id, own);
  const never = crypto.randomUUID();
  for (const rooms of [{ "todo:secrets": "publish,join" }, { "todo:other": "history,publish" }, {}]) {
    const blind = await bearer(rooms);
    for (const [method, body] of [["GET"], ["PATCH", { title: "x" }], ["PATCH", {}], ["DELETE"]] as const) {
      for (const match of [undefined, "*", '"1"', '"7"'].map((tags) => (tags ? { "if-match": tags } : {}))) {
        const answered = async (id: string) => {
          const {
            status,
            headers,
            body: said,
          } = await client.ask(method, `/${id}`, body, { ...blind, ...match });
          return { status, tag: headers.get("etag"), said };
        };
        const unknown = await answered(never);
        expect([method, unknown]).toMatchObject([method, { status: 404, tag: null }]);
        for (const id of [there.id, deleted]) expect([method, await answered(id)]).toEqual([method, unknown]);
      }
    }
  }
  const writer = await bearer({ "todo:secrets": "publish" });
  for (const id of [there.id, deleted, never]) {
    for (const more of [{}, { version: 1 }]) {
      const again = await client.ask("POST", "", { list: "secrets", title: "a secret", id, ...more }, writer);
      expect(again).toMatchObject(lacks("history", "todo:secrets"));
    }
  }
  expect(await client.get(there.id, own)).toEqual(before);
  expect(await client.create("secrets", "from a slot in the door", writer)).toMatchObject({ version: 1 });
});

test("TODO-8: no token is a guest, for whom policies decide; a bad one is 401", async () => {
  expect(await client.ask("GET", "?list=groceries")).toMatchObject(lacks("history", "todo:groceries"));
  expect(await client.ask("GET", "")).toMatchObject(lacks("history", "todo:*"));
  expect((await client.ask("GET", "?list=public")).status).toBe(200);
  const bad = await client.ask("GET", "?list=public", undefined, { authorization: "Bearer nonsense" });
  expect(bad).toMatchObject({ status: 401, body: { code: "unauthorized" } });
  expect(bad.headers.get("www-authenticate")).toBe("Bearer");
  const { body } = await client.ask<{ id: string }>("POST", "", { list: "public", title: "a" });
  expect((await client.ask("DELETE", `/${body.id}`)).status).toBe(204);
});

test("TODO-8: whose change it is says the token; guests are called guests", async () => {
  const reader = await NativeClient.open(server.url);
  await reader.ok({ op: "hello", token: await token("reader") });
  await reader.follow("todo:public-names");
  const spoofed = { "x-fanfare-user": "bob" };
  const ada = await bearer(undefined, "a\u0301da");
  await client.create("public-names", "by ada", { ...ada, "x-fanfare-user": "%C3%A1da" });
  expect(
    await client.ask("POST", "", { list: "public-names", title: "no" }, { ...ada, ...spoofed }),
  ).toMatchObject({
    status: 403,
    body: { code: "other_user", detail: "The token is that of \u00e1da, and X-Fanfare-User says bob." },
  });
  await client.create("public-names", "by a guest", spoofed);
  await client.create("public-names", "by nobody");
  const long = { "x-fanfare-user": "x".repeat(60) };
  expect((await client.ask("POST", "", { list: "public-names", title: "no" }, long)).status).toBe(400);
  expect(
    (await client.ask("POST", "", { list: "public-names", title: "no" }, { "x-fanfare-user": "%ff" })).status,
  ).toBe(400);
  await reader.received(3);
  const by = reader.messages.map(({ data }) => (data as { by?: string }).by);
  expect(by).toEqual(["\u00e1da", "guest-bob", undefined]);
  await reader.close();
});

test("TODO-12: a name that is not UTF-8 is refused, also beside a token", async () => {
  const ada = await bearer(undefined, "ada");
  const draft = { list: "public-names-2", title: "no" };
  for (const name of ["%ff", "%EF%BF%BD", "Zo\u00eb"]) {
    const refused = await client.ask("POST", "", draft, { ...ada, "x-fanfare-user": name });
    expect([name, refused.status]).toEqual([name, 400]);
  }
});

test("TODO-8: one user who sends slowly keeps no other user out", async () => {
  const { authorization } = await bearer({}, "mallory");
  const head = `POST /api/todos HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{`;
  const { hostname, port } = server.url;
  const slow = await Promise.all(
    Array.from({ length: 256 }, () =>
      Bun.connect({
        hostname,
        port: Number(port),
        socket: { open: (socket) => void socket.write(head), data() {}, error() {} },
      }),
    ),
  );
  try {
    await Bun.sleep(500);
    const own = await bearer({ "todo:*": "history,publish" }, "alice");
    expect((await client.ask("GET", "?list=groceries", undefined, own)).status).toBe(200);
  } finally {
    for (const socket of slow) socket.end();
  }
});
