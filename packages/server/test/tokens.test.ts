import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ChatClient } from "@fanfare/testing/chat-client";
import { ManualClock } from "@fanfare/testing/manual-clock";
import { NativeClient, type Request } from "@fanfare/testing/native-client";
import { openServer } from "@fanfare/testing/test-server";
import { authBy, BY_SECRET, inSeconds, keyPair, token } from "@fanfare/testing/tokens";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import { DEFAULT_CONFIG } from "../src/config/config.ts";
import { DEFAULT_POLICIES, DEFAULT_POLICY } from "../src/config/policy.ts";
import type { Fields, Log } from "../src/telemetry/log.ts";

/** Lines as they would be logged, in one text each. */
class Lines implements Log {
  readonly all: string[] = [];
  readonly #put = (event: string, fields: Fields = {}) =>
    void this.all.push(`${event} ${JSON.stringify(fields)}`);
  debug = this.#put;
  info = this.#put;
  warn = this.#put;
  error = this.#put;
}

const log = new Lines();
let server: Awaited<ReturnType<typeof openServer>>;
beforeAll(async () => {
  server = await openServer({
    auth: { ...BY_SECRET, signIn: "https://login.example.com/" },
    origins: ["https://app.example.com"],
    mounts: [...DEFAULT_CONFIG.mounts, { path: "/mirror", dialect: "mirror" }],
    policies: [
      { ...DEFAULT_POLICY, pattern: "lounge:*", guests: ["join", "publish", "event", "presence"] },
      { ...DEFAULT_POLICY, pattern: "chat:lounge", guests: ["join", "publish", "presence"] },
      { ...DEFAULT_POLICY, pattern: "staff:*", users: [] },
      ...DEFAULT_POLICIES,
      DEFAULT_POLICY,
    ],
    log,
  });
});
afterAll(() => server[Symbol.asyncDispose]());

/** Says hello with a token that allows so much. */
async function enter(user: string, rooms?: Record<string, string>, more: object = {}): Promise<NativeClient> {
  const client = await NativeClient.open(server.url, user);
  await client.ok({ op: "hello", token: await token({ sub: user, ...(rooms && { rooms }), ...more }) });
  return client;
}

/** A server by whose clock tokens hold, and nothing passes but what the test lets pass. */
async function openHalted() {
  const clock = new ManualClock();
  const halted = await openServer({
    clock,
    auth: BY_SECRET,
    mounts: [...DEFAULT_CONFIG.mounts, { path: "/mirror", dialect: "mirror" }],
  });
  return {
    url: halted.url,
    clock,
    inSeconds: (seconds: number) => clock.now() / 1000 + seconds,
    [Symbol.asyncDispose]: () => halted[Symbol.asyncDispose](),
  };
}

/** The name and the sentence of what it is refused with; "ok" if it is not. */
async function answer(client: NativeClient, request: Request): Promise<string> {
  const reply = await client.request(request);
  return reply.op === "error" ? `${reply.name}: ${reply.message}` : reply.op;
}

/** The answer to an upgrade without a subprotocol. */
async function upgrade(path: string, headers: Record<string, string> = {}): Promise<[number, unknown]> {
  const response = await fetch(new URL(path, server.url), { headers: { ...UPGRADE_HEADERS, ...headers } });
  return [response.status, response.status === 101 ? undefined : await response.json()];
}

const lacks = (permission: string, room: string) =>
  `forbidden: You lack the permission ${permission} in ${room}.`;

describe("who is let in", () => {
  test("HELLO-4 AUTH-3: the user is the token's, whatever hello says, as sender and in presence", async () => {
    const ada = await NativeClient.open(server.url);
    const hello = await ada.ok({ op: "hello", user: "bob", token: await token("ada") });
    expect(hello).toMatchObject({ user: "ada" });
    await ada.follow("chat:names", { presence: true });
    await ada.publish("chat:names", "note", { from: "bob" });
    await ada.ok({ op: "event", room: "chat:names", type: "typing", data: true });
    await ada.received(1);
    expect(ada.messages[0]?.from).toBe("ada");
    expect(await ada.next(({ op }) => op === "event")).toMatchObject({ from: "ada" });
    expect((await ada.members("chat:names")).members).toMatchObject([{ user: "ada" }]);
    await ada.close();
  });

  test("AUTH-1 AUTH-2: a token that is not taken is refused at hello, which may be said again", async () => {
    const other = keyPair("rsa");
    const client = await NativeClient.open(server.url);
    for (const [text, why] of [
      [await token({ sub: "ada", exp: inSeconds(-1) }), "it has expired"],
      [await token({ sub: "ada", nbf: inSeconds(60) }), "it is not valid yet"],
      [await token("ada", { key: other.privateKey, alg: "RS256" }), "its algorithm is not that of the key"],
      ["nonsense", "it is not a signed JWT"],
    ] as const) {
      expect(await answer(client, { op: "hello", token: text })).toBe(
        `unauthorized: The token is refused: ${why}.`,
      );
      expect(await answer(client, { op: "join", room: "chat:a" })).toStartWith("hello_required");
    }
    expect(await answer(client, { op: "hello", token: "x".repeat(8_193) })).toStartWith("bad_request");
    await client.ok({ op: "hello", token: await token("ada") });
    await client.close();
  });

  test("HELLO-4: what comes behind hello waits until its token has been looked at", async () => {
    const client = await NativeClient.open(server.url);
    const said = [
      { op: "hello", ref: 1, token: await token("ada") },
      { op: "join", ref: 2, room: "chat:a" },
      { op: "ping", ref: 3 },
    ];
    client.send(JSON.stringify(said));
    client.send(JSON.stringify({ op: "leave", ref: 4, room: "chat:a" }));
    const answers = () => client.frames.all.filter((frame) => "ref" in frame);
    await client.frames.when(() => answers().length === 4);
    expect(answers().map(({ op }) => op)).not.toContain("error");
    await client.close();
  });

  test("HELLO-4: header, query and cookie do as well, and a page's cookie counts from an admitted origin alone", async () => {
    const text = await token("ada");
    const cookie = `a=b; fanfare_token=${text}; c=d`;
    const path = "/board";
    for (const [headers, status] of [
      [{ authorization: `Bearer ${text}` }, 101],
      [{ authorization: `bearer ${text}` }, 101],
      [{ cookie, origin: server.url.origin }, 101],
      [{ cookie, origin: "https://app.example.com" }, 101],
      // No token: a guest, and not for the board.
      [{ cookie }, 403],
      [{ cookie, origin: "https://evil.example" }, 403],
      [{ cookie, origin: "null" }, 403],
      [{ cookie: `FANFARE_TOKEN=${text}`, origin: server.url.origin }, 403],
      [{ authorization: "Basic abc" }, 403],
      [{ authorization: "Bearer abc", cookie, origin: server.url.origin }, 401],
    ] as const) {
      expect([headers, (await upgrade(path, headers))[0]]).toEqual([headers, status]);
    }
    expect((await upgrade(`${path}?token=${text}`))[0]).toBe(101);
    expect((await upgrade(`${path}?token=`))[0]).toBe(403);
    const client = await NativeClient.open(server.url, "by query", `/ws?token=${text}`);
    expect(await client.ok({ op: "hello", user: "bob" })).toMatchObject({ user: "ada" });
    await client.close();
  });

  test("HELLO-4: what hello brings goes before what the upgrade brought, and is not replaced by it", async () => {
    const client = await NativeClient.open(server.url, "both", `/ws?token=${await token("ada")}`);
    expect(await answer(client, { op: "hello", token: "nonsense" })).toStartWith("unauthorized");
    expect(await client.ok({ op: "hello", token: await token("bob") })).toMatchObject({ user: "bob" });
    await client.close();
    const stale = await NativeClient.open(server.url, "stale", "/ws?token=nonsense");
    expect(await answer(stale, { op: "hello" })).toStartWith("unauthorized");
    await stale.close();
  });

  test("AUTH-8: on plain wires who is not let in gets 401, 403 or no room, as JSON, and no upgrade", async () => {
    const narrow = await token({ sub: "ada", rooms: { "feed:open": "join" } });
    const wanted = { error: "A token is needed here; guests are not admitted." };
    await using closed = await openServer({ auth: BY_SECRET });
    for (const path of ["/ws", "/ws/a?username=ada", "/board", "/feed", "/feed/a", "/feed/a*", "/echo"]) {
      const response = await fetch(new URL(path, closed.url), { headers: UPGRADE_HEADERS });
      expect([path, response.status, await response.json()]).toEqual([path, 401, wanted]);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
    }
    const headers = { authorization: `Bearer ${narrow}` };
    for (const [path, room] of [
      ["/ws", "board:main"],
      ["/ws/a?username=ada", "chat:a"],
      ["/feed", "feed:main"],
      ["/feed/o*", "feed:o*"],
    ]) {
      const error = `You lack the permission join in ${room}.`;
      expect([path, ...(await upgrade(path ?? "", headers))]).toEqual([path, 403, { error }]);
    }
    expect((await upgrade("/feed/open", headers))[0]).toBe(101);
    expect((await upgrade("/board", { authorization: "Bearer x" }))[0]).toBe(401);
  });

  test("AUTH-1 AUTH-8: while the key set is down nobody is let in, and it is said that this may change", async () => {
    const provider = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response("", { status: 503 }),
    });
    const { privateKey } = keyPair("rsa");
    const text = await token("ada", { key: privateKey, alg: "RS256", kid: "a" });
    await using closed = await openServer({ auth: authBy({ kind: "jwks", url: provider.url.href }) });
    const client = await NativeClient.open(closed.url);
    expect(await client.request({ op: "hello", token: text })).toMatchObject({
      name: "unavailable",
      retry: true,
    });
    expect(await client.request({ op: "hello", token: await token("ada") })).toMatchObject({
      name: "unauthorized",
    });
    const headers = { ...UPGRADE_HEADERS, authorization: `Bearer ${text}` };
    expect((await fetch(new URL("/board", closed.url), { headers })).status).toBe(503);
    expect(
      (await fetch(new URL("/api/session", closed.url), { headers: { authorization: `Bearer ${text}` } }))
        .status,
    ).toBe(503);
    await client.close();
    await provider.stop(true);
  });

  test("AUTH-3: on the chat wire the name is the token's, and nobody else's", async () => {
    const ada = `token=${await token("ada")}`;
    expect(await upgrade(`/ws/a?username=bob&${ada}`)).toEqual([
      403,
      { error: "username is not the name that the token proves; leave it out" },
    ]);
    const client = await ChatClient.open(server.url, `a?${ada}`);
    await client.next(({ type, username }) => type === "user_joined" && username === "ada");
    await client.close();
  });
});

test("HELLO-4 AUTH-10: a header that is not taken is not stood in for by a cookie, and is logged", async () => {
  const cookie = `fanfare_token=${await token("ada")}`;
  for (const authorization of ["Bearer", "Bearer not a token", `Bearer ${"x".repeat(20)}, Bearer y`]) {
    const response = await fetch(new URL("/api/session", server.url), { headers: { authorization, cookie } });
    expect([authorization, response.status]).toEqual([authorization, 401]);
  }
  const refused = log.all.filter((line) => line.startsWith('token.refused {"op":"http"'));
  // Said of the first of them: the same is a line a minute.
  expect(refused).toEqual([
    'token.refused {"op":"http","error":"The token is refused: it is not a signed JWT."}',
  ]);
  const basic = { authorization: "Basic YTpi", cookie };
  expect((await fetch(new URL("/api/session", server.url), { headers: basic })).status).toBe(200);
});

describe("what each may do", () => {
  test("AUTH-6: every operation takes its permission, and what is missing is named", async () => {
    const owner = await enter("owner");
    await owner.publish("a:room", "note", "secret");
    const none = await enter("none", { "b:*": "join,publish,event,presence,history" });
    for (const [request, permission] of [
      [{ op: "join", room: "a:room" }, "join"],
      [{ op: "join", room: "a:*" }, "join"],
      [{ op: "publish", room: "a:room", type: "x", data: 1 }, "join"],
      [{ op: "event", room: "a:room", type: "x", data: 1 }, "event"],
      [{ op: "history", room: "a:room" }, "history"],
      [{ op: "members", room: "a:room" }, "presence"],
    ] as const) {
      expect(await answer(none, request)).toBe(lacks(permission, request.room));
    }
    const joiner = await enter("joiner", { "a:*": "join" });
    for (const [request, permission] of [
      [{ op: "join", room: "a:room", presence: true }, "presence"],
      [{ op: "join", room: "a:room", history: 1 }, "history"],
      [{ op: "publish", room: "a:room", type: "x", data: 1 }, "publish"],
      [{ op: "event", room: "a:room", type: "x", data: 1 }, "event"],
    ] as const) {
      expect(await answer(joiner, request)).toBe(lacks(permission, request.room));
    }
    const publisher = await enter("publisher", { "a:*": "publish" });
    expect(await answer(publisher, { op: "publish", room: "a:room", type: "x", data: 1 })).toBe(
      lacks("join", "a:room"),
    );
    expect((await owner.log("a:room")).map(({ data }) => data)).toEqual(["secret"]);
    for (const client of [owner, none, joiner, publisher]) await client.close();
  });

  test("AUTH-6: who may not see others is not told who is there on the chat wire, either, and is not seen", async () => {
    const hidden = await ChatClient.open(
      server.url,
      `seen?token=${await token({ sub: "hidden", rooms: { "chat:*": "join,publish" } })}`,
    );
    hidden.send("first");
    await hidden.said("first");
    const eren = await ChatClient.open(server.url, `seen?token=${await token("eren")}`);
    expect(await eren.next(({ type }) => type === "online_users")).toMatchObject({ content: "eren" });
    eren.send("second");
    await hidden.said("second");
    expect(hidden.frames.map(({ type }) => type)).toEqual(["chat", "chat"]);
    for (const client of [hidden, eren]) await client.close();
  });

  test("AUTH-6: who may not read the past is told so where it resumes, and gets what happens now", async () => {
    const owner = await enter("owner");
    await owner.publish("a:past", "note", "secret");
    const joiner = await enter("joiner", { "a:*": "join" });
    const { epoch } = await joiner.join("a:past", { after: { epoch: "", offset: 0 } });
    expect(await joiner.next(({ op }) => op === "reset")).toEqual({
      op: "reset",
      room: "a:past",
      reason: "forbidden",
      epoch,
      oldest: 2,
      newest: 1,
    });
    await joiner.next(({ op }) => op === "live");
    await owner.publish("a:past", "note", "now");
    await joiner.received(1);
    expect(joiner.messages.map(({ data }) => data)).toEqual(["now"]);
    for (const client of [owner, joiner]) await client.close();
    const plain = await WebSocketClient.open(
      "board",
      server.url,
      `/board?token=${await token({ sub: "ada", rooms: { "board:*": "join,publish" } })}`,
    );
    plain.send('{"own":"first"}');
    expect(await plain.frames.next()).toContain("first");
    await plain.close();
    const second = await WebSocketClient.open(
      "board",
      server.url,
      `/board?token=${await token({ sub: "ada", rooms: { "board:*": "join,publish" } })}`,
    );
    second.send('{"own":"second"}');
    expect(await second.frames.next()).toContain("second");
    await second.close();
  });

  test("AUTH-6: a pattern that is wider than the claim is refused, also where claims together would cover it", async () => {
    const client = await enter("ada", { "orders.*": "join", orders: "join", "a*": "join", "b*": "publish" });
    for (const pattern of ["*", "o*", "orders*", "b*"]) {
      expect(await answer(client, { op: "join", room: pattern })).toBe(lacks("join", pattern));
    }
    for (const pattern of ["orders.*", "orders.eu.*", "a*"]) {
      expect(await answer(client, { op: "join", room: pattern })).toBe("ok");
    }
    await client.close();
  });

  test("AUTH-6: without a claim policies say what users may do; a pattern is held to all that it reaches", async () => {
    const client = await enter("ada");
    expect(await answer(client, { op: "join", room: "staff:a" })).toBe(lacks("join", "staff:a"));
    expect(await answer(client, { op: "join", room: "staff:*" })).toBe(lacks("join", "staff:*"));
    for (const pattern of ["*", "s*", "staff*"]) {
      expect(await answer(client, { op: "join", room: pattern })).toBe(lacks("join", "staff:*"));
    }
    expect(await answer(client, { op: "join", room: "chat:*" })).toBe("ok");
    const claimed = await enter("bob", { "staff:*": "join" });
    expect(await answer(claimed, { op: "join", room: "staff:a" })).toBe("ok");
    for (const each of [client, claimed]) await each.close();
  });

  test("AUTH-6: a claim does not go before what a policy switches off", async () => {
    const client = await enter("ada", { "*": "join,publish,event,presence,history,admin" });
    expect(await answer(client, { op: "publish", room: "todo:a", type: "x", data: 1 })).toBe(
      "forbidden: Only the service publishes in this room.",
    );
    await client.close();
  });

  test("AUTH-7: guests are let in where a policy admits them, to that alone, and are called guests", async () => {
    const guest = await NativeClient.open(server.url);
    expect(await guest.ok({ op: "hello", user: "ada" })).toMatchObject({ user: "guest-ada" });
    await guest.follow("lounge:a", { presence: true });
    await guest.publish("lounge:a", "note", 1);
    await guest.received(1);
    expect(guest.messages[0]?.from).toBe("guest-ada");
    expect(await answer(guest, { op: "history", room: "lounge:a" })).toBe(lacks("history", "lounge:a"));
    expect(await answer(guest, { op: "join", room: "chat:a" })).toBe(lacks("join", "chat:a"));
    expect(await answer(guest, { op: "join", room: "*" })).toBe(lacks("join", "*"));
    expect(await answer(guest, { op: "refresh", token: await token("ada") })).toStartWith("unauthorized");
    const again = await NativeClient.open(server.url);
    expect(await again.ok({ op: "hello", user: "guest-ada" })).toMatchObject({ user: "guest-ada" });
    const long = await NativeClient.open(server.url);
    expect(await answer(long, { op: "hello", user: "x".repeat(59) })).toStartWith("bad_request");
    const chat = await ChatClient.open(server.url, "lounge?username=ada");
    await chat.next(({ type, username }) => type === "user_joined" && username === "guest-ada");
    expect(await upgrade("/ws/other?username=ada")).toEqual([
      403,
      { error: "You lack the permission join in chat:other." },
    ]);
    for (const each of [guest, again, long, chat]) await each.close();
  });
});

describe("how long a token holds", () => {
  test("AUTH-4: native clients are warned, and every wire is closed with 4003 when it ends", async () => {
    await using halted = await openHalted();
    const text = await token({ sub: "ada", exp: halted.inSeconds(600) });
    const native = await NativeClient.open(halted.url);
    await native.ok({ op: "hello", token: text });
    const links = await Promise.all(
      [
        `/board?token=${text}`,
        `/ws/a?token=${text}`,
        `/feed/a*?token=${text}`,
        `/echo?token=${text}`,
        `/mirror?token=${text}`,
      ].map((path) => WebSocketClient.open(path, halted.url, path)),
    );
    halted.clock.advance(570_000);
    expect(await native.next(({ op }) => op === "expiring")).toEqual({ op: "expiring", in: 30_000 });
    halted.clock.advance(29_999);
    await native.ok({ op: "ping" });
    expect(links.every(({ open }) => open)).toBe(true);
    halted.clock.advance(1);
    for (const { closed } of [native, ...links]) {
      expect(await closed).toEqual({ code: 4003, reason: "the token has expired; come back with a new one" });
    }
  });

  test("AUTH-5: refresh takes a new token of the same user, and of nobody else", async () => {
    await using halted = await openHalted();
    const client = await NativeClient.open(halted.url, "ada");
    const narrow = { sub: "ada", rooms: { "a:*": "join" }, exp: halted.inSeconds(60) };
    await client.ok({ op: "hello", token: await token(narrow) });
    expect(await answer(client, { op: "refresh", token: await token("bob") })).toBe(
      "unauthorized: This is the token of another user.",
    );
    const expired = await token({ sub: "ada", exp: halted.inSeconds(-1) });
    expect(await answer(client, { op: "refresh", token: expired })).toStartWith("unauthorized");
    expect(await answer(client, { op: "join", room: "b:x" })).toBe(lacks("join", "b:x"));
    const wider = await token({ sub: "ada", rooms: { "b:*": "join" } });
    expect(await answer(client, { op: "refresh", token: wider })).toBe("ok");
    expect(await answer(client, { op: "join", room: "b:x" })).toBe("ok");
    // The first token ends, and this connection goes on.
    halted.clock.advance(60_000);
    await client.ok({ op: "ping" });
    await client.close();
  });

  test("AUTH-5: rooms that the new token does not allow are left, with a word", async () => {
    const client = await enter("ada", { "a:*": "join,presence", "b:*": "join" });
    await client.follow("a:x", { presence: true });
    await client.follow("b:x");
    await client.join("a:*");
    const owner = await enter("owner");
    await owner.follow("a:x", { presence: true });
    await client.ok({ op: "refresh", token: await token({ sub: "ada", rooms: { "b:*": "join" } }) });
    const left = client.frames.all.filter(({ op }) => op === "left");
    const how = { op: "left" as const, code: 200, name: "forbidden", retry: false };
    expect(left).toEqual([
      { ...how, room: "a:x", message: "You lack the permission join in a:x." },
      { ...how, room: "a:*", message: "You lack the permission join in a:*." },
    ]);
    await owner.publish("a:x", "note", "not for ada");
    await owner.publish("b:x", "note", "for ada");
    await client.received(1);
    expect(client.messages.map(({ room }) => room)).toEqual(["b:x"]);
    for (const each of [client, owner]) await each.close();
  });
});

describe("AUTH-9: revoking", () => {
  async function revoke(body: unknown, admin?: string): Promise<[number, unknown]> {
    const text = admin ?? (await token({ sub: "root", rooms: { "*": "admin" } }));
    const response = await fetch(new URL("/api/admin/revoke", server.url), {
      method: "POST",
      headers: { authorization: `Bearer ${text}` },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return [response.status, await response.json()];
  }

  test("AUTH-9: a user's connections are closed, and their tokens refused, until it is taken back", async () => {
    const text = await token("mallory");
    const native = await enter("mallory");
    const plain = await WebSocketClient.open("plain", server.url, `/board?token=${text}`);
    const waiting = await NativeClient.open(server.url, "waiting", `/ws?token=${text}`);
    const honest = await enter("honest");
    const [status, done] = await revoke({ user: "mallory", seconds: 60 });
    expect([status, done]).toEqual([200, { closed: 2, until: expect.any(Number) }]);
    for (const { closed } of [native, plain]) {
      expect(await closed).toEqual({ code: 4501, reason: "the token was revoked" });
    }
    const revoked = "unauthorized: The token is refused: it was revoked.";
    const again = await NativeClient.open(server.url);
    expect(await answer(again, { op: "hello", token: text })).toBe(revoked);
    expect((await upgrade("/board", { authorization: `Bearer ${text}` }))[0]).toBe(401);
    // It had shown its token before, and says hello only now.
    waiting.send('{"op":"hello","ref":1}');
    expect(await waiting.closed).toMatchObject({ code: 4501 });
    await honest.ok({ op: "ping" });
    expect((await revoke({ user: "mallory", seconds: 0 }))[0]).toBe(200);
    await again.ok({ op: "hello", token: text });
    for (const each of [again, honest]) await each.close();
  });

  for (const wire of ["echo", "mirror"]) {
    test(`AUTH-9: ${wire}, too, ends when its token is revoked`, async () => {
      const path = `/${wire}?token=${await token(`${wire}-eve`)}`;
      const revoked = await WebSocketClient.open("revoked", server.url, path);
      expect(await revoke({ user: `${wire}-eve` })).toMatchObject([200, { closed: 1 }]);
      expect(await revoked.closed).toMatchObject({ code: 4501 });
    });
  }

  test("AUTH-9: one connection, and every token by which it was here", async () => {
    const [first, second] = [await token("oscar"), await token({ sub: "oscar", jti: "2" })];
    const client = await NativeClient.open(server.url);
    const { connection } = (await client.ok({ op: "hello", token: first })) as unknown as {
      connection: string;
    };
    await client.ok({ op: "refresh", token: second });
    expect(await revoke({ connection })).toMatchObject([200, { closed: 1 }]);
    for (const text of [first, second])
      expect((await upgrade("/board", { authorization: `Bearer ${text}` }))[0]).toBe(401);
  });

  test("AUTH-9: one connection, and the token it came with", async () => {
    const [first, second] = [await token("eve"), await token({ sub: "eve", jti: "2" })];
    const client = await NativeClient.open(server.url);
    const hello = await client.ok({ op: "hello", token: first });
    const other = await NativeClient.open(server.url);
    await other.ok({ op: "hello", token: second });
    const { connection } = hello as { connection: string };
    expect(await revoke({ connection })).toEqual([200, { closed: 1, until: expect.any(Number) }]);
    expect(await client.closed).toMatchObject({ code: 4501 });
    await other.ok({ op: "ping" });
    expect((await upgrade("/board", { authorization: `Bearer ${first}` }))[0]).toBe(401);
    expect((await upgrade("/board", { authorization: `Bearer ${second}` }))[0]).toBe(101);
    expect((await revoke({ connection: "nobody" }))[0]).toBe(404);
    await other.close();
  });

  test("AUTH-9: nobody but an administrator of everything revokes, and nonsense revokes nobody", async () => {
    for (const rooms of [
      undefined,
      {},
      { "*": "join,publish,event,presence,history" },
      { "chat:*": "admin" },
    ]) {
      const admin = await token({ sub: "ada", ...(rooms && { rooms }) });
      expect([rooms, ...(await revoke({ user: "bob" }, admin))]).toEqual([
        rooms,
        403,
        { error: "You lack the permission admin in *." },
      ]);
    }
    expect((await revoke({ user: "bob" }, "nonsense"))[0]).toBe(401);
    const asked = await fetch(new URL("/api/admin/revoke", server.url), { method: "POST", body: "{}" });
    expect(asked.status).toBe(401);
    for (const body of [
      "",
      "[]",
      "null",
      {},
      { user: 1 },
      { user: "a", connection: "b" },
      "x".repeat(9_000),
    ]) {
      expect((await revoke(body))[0]).toBe(400);
    }
    for (const seconds of [-1, "60", Number.MAX_VALUE, null])
      expect((await revoke({ user: "a", seconds }))[0]).toBe(400);
  });
});

describe("HTTP-8: /api/session", () => {
  const ask = async (headers: Record<string, string> = {}) => {
    const response = await fetch(new URL("/api/session", server.url), { headers });
    return [response.status, await response.json()];
  };

  test("HTTP-8: says who the cookie or the header is; 401 says where to sign in", async () => {
    const exp = inSeconds(60);
    const text = await token({ sub: "ada", exp });
    const login = { guests: true, signIn: "https://login.example.com/" };
    const known = [200, { user: "ada", expires: exp * 1000, time: expect.any(Number), ...login }];
    expect(await ask({ authorization: `Bearer ${text}` })).toEqual(known);
    expect(await ask({ cookie: `fanfare_token=${text}` })).toEqual(known);
    expect(await ask({ cookie: `fanfare_token=${text}`, origin: "https://evil.example" })).toMatchObject([
      401,
      {},
    ]);
    expect(await ask()).toEqual([401, { error: "There is no token.", ...login }]);
    expect(await ask({ cookie: "fanfare_token=x" })).toEqual([
      401,
      { error: "The token is refused: it is not a signed JWT.", ...login },
    ]);
  });

  test("HTTP-8: where no tokens are in use everyone is a guest, and a token counts for nothing", async () => {
    await using open = await openServer();
    const headers = { authorization: `Bearer ${await token("ada")}` };
    const response = await fetch(new URL("/api/session", open.url), { headers });
    expect([response.status, await response.json()]).toEqual([200, { user: null, guests: true }]);
    expect((await fetch(new URL("/api/admin/revoke", open.url), { method: "POST" })).status).toBe(404);
  });
});

describe("HTTP-12: /api/permissions", () => {
  const ask = async (room: string | undefined, headers: Record<string, string> = {}) => {
    const query = room === undefined ? "" : `?room=${encodeURIComponent(room)}`;
    const response = await fetch(new URL(`/api/permissions${query}`, server.url), { headers });
    return [response.status, await response.json()];
  };
  const bearer = async (claims: Record<string, unknown>) => ({
    authorization: `Bearer ${await token({ sub: "ada", ...claims })}`,
  });

  test("HTTP-12 AUTH-6: says what the token allows in a room or a pattern, in the order of the list", async () => {
    const headers = await bearer({ rooms: { "chat:*": "publish,join", "chat:a*": "history" } });
    expect(await ask("chat:b", headers)).toEqual([
      200,
      { room: "chat:b", permissions: ["join", "publish"], off: [] },
    ]);
    expect(await ask("chat:a*", headers)).toMatchObject([
      200,
      { permissions: ["join", "publish", "history"] },
    ]);
    expect(await ask("*", headers)).toMatchObject([200, { permissions: [] }]);
    const everyday = ["join", "publish", "event", "presence", "history"];
    expect(await ask("chat:b", await bearer({}))).toMatchObject([200, { permissions: everyday }]);
    expect(await ask("staff:b", await bearer({}))).toMatchObject([200, { permissions: [] }]);
  });

  test("HTTP-12 ROOM-4: says what a policy switches off, though it is allowed", async () => {
    const headers = await bearer({ rooms: { "todo:*": "join,publish,history" } });
    expect(await ask("todo:groceries", headers)).toEqual([
      200,
      { room: "todo:groceries", permissions: ["join", "publish", "history"], off: ["publish"] },
    ]);
  });

  test("HTTP-12 AUTH-7: a guest is told what guests may do; who is not let in, nothing; and nothing is logged of it", async () => {
    const before = log.all.length;
    expect(await ask("chat:lounge")).toMatchObject([200, { permissions: ["join", "publish", "presence"] }]);
    expect(await ask("chat:b")).toMatchObject([200, { permissions: [] }]);
    expect(log.all.slice(before)).toEqual([]);
    expect(await ask("chat:lounge", { authorization: "Bearer x" })).toEqual([
      401,
      { error: "The token is refused: it is not a signed JWT." },
    ]);
    for (const room of [undefined, "", "a*b", "a\u200bb", "a".repeat(129)]) {
      expect(await ask(room)).toEqual([400, { error: "room must name a room, or be a pattern" }]);
    }
    const posted = await fetch(new URL("/api/permissions?room=a", server.url), { method: "POST" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });
});

describe("the log", () => {
  test("LOG-3 AUTH-10: refusals and what administrators do are logged, and no token ever", async () => {
    const secret = await token({ sub: "logged", rooms: { "a:*": "join" } });
    const client = await NativeClient.open(server.url, "logged", `/ws?token=${secret}`);
    await client.ok({ op: "hello" });
    await answer(client, { op: "publish", room: "a:logged", type: "x", data: 1 });
    await answer(client, { op: "refresh", token: `${secret}x` });
    await upgrade(`/board?token=${secret}`);
    await upgrade("/board", { authorization: `Bearer ${secret}x` });
    await upgrade("/board", { cookie: `fanfare_token=${secret}`, origin: "https://evil.example" });
    await client.close();
    expect(log.all).toContain(
      'access.denied {"user":"logged","guest":false,"permission":"publish","room":"a:logged"}',
    );
    for (const event of ["token.refused", "upgrade.refused", "admin.revoked"]) {
      expect(log.all.some((line) => line.startsWith(event))).toBe(true);
    }
    const [header = "", payload = "", signature = ""] = secret.split(".");
    expect(header).not.toBe("");
    for (const part of [payload, signature, "eyJ"])
      expect(log.all.filter((line) => line.includes(part))).toEqual([]);
  });
});

test("HELLO-6: a hello with a token is refused where no tokens are in use, and one without is not", async () => {
  await using open = await openServer();
  const client = await NativeClient.open(open.url, "ada");
  expect(await client.request({ op: "hello", user: "ada", token: await token("ada") })).toMatchObject({
    op: "error",
    name: "bad_request",
    message: "This server uses no tokens: connect without one.",
  });
  expect(await client.ok({ op: "hello", user: "ada" })).toMatchObject({ user: "ada" });
  await client.close();
});
