import { expect, test } from "bun:test";
import { type ConnectionState, Fanfare } from "@fanfare/client";
import { openServer } from "@fanfare/testing/test-server";
import { ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

const PATIENT = { backoff: { min: 1, max: 5 } } as const;

test("a token as a value is said with every hello", async () => {
  await using server = new ScriptedServer();
  await using client = new Fanfare(server.url, { ...PATIENT, token: "t1" });
  const connecting = client.connect().catch((error: unknown) => error);
  for (let time = 0; time < 2; time++) {
    const peer = await server.peers.next();
    expect(await peer.request("hello")).toMatchObject({ token: "t1" });
    peer.close(4000);
  }
  await client.close();
  expect(await connecting).toMatchObject({ code: "closed" });
});

test("a token function is asked anew for every connection", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  let times = 0;
  await using client = new Fanfare(server.url, { ...PATIENT, token: async () => `t${++times}` });
  for (const expected of ["t1", "t2", "t3"]) {
    await client.connect();
    const peer = await server.peers.next();
    expect(peer.requests.all[0]).toMatchObject({ op: "hello", token: expected });
    const offline = until(client.state, ({ status }) => status === "offline");
    peer.terminate();
    await offline;
  }
});

test("a token that is about to expire is renewed on the same connection", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  let times = 0;
  await using client = new Fanfare(server.url, { ...PATIENT, token: async () => `t${++times}` });
  await client.connect();
  const peer = await server.peers.next();
  const states: string[] = [];
  client.state.listen(({ status }) => states.push(status));
  for (const expected of ["t2", "t3"]) {
    peer.send({ op: "expiring", in: 30_000 });
    const refresh = await peer.request("refresh");
    expect(refresh).toMatchObject({ token: expected });
    peer.send({ op: "ok", ref: refresh.ref });
  }
  // The connection is the same, and goes on.
  const page = client.room("r").history();
  const { ref } = await peer.request("history");
  peer.send({ op: "ok", ref, room: "r", epoch: "e", oldest: 1, newest: 0, messages: [] });
  expect((await page).messages).toEqual([]);
  expect(states).toEqual([]);
  expect(server.peers.all.length).toBe(1);
});

test("told that it expires, a client without a token function, or with one that fails, goes on until it is closed", async () => {
  let fails = false;
  const failing = async () => {
    if (fails) throw new Error("the login is away");
    return "t1";
  };
  for (const token of ["t1", failing]) {
    fails = false;
    await using server = new ScriptedServer((peer) => peer.greet());
    await using client = new Fanfare(server.url, { ...PATIENT, token });
    await client.connect();
    fails = true;
    const peer = await server.peers.next();
    peer.send({ op: "expiring", in: 1 });
    const page = client.room("r").history();
    const { ref } = await peer.request("history");
    peer.send({ op: "ok", ref, room: "r", epoch: "e", oldest: 1, newest: 0, messages: [] });
    await page;
    expect(client.state.value.status).toBe("online");
    const offline = until(client.state, ({ status }) => status === "offline");
    fails = false;
    peer.close(4003, "the token has expired");
    await offline;
    await client.connect();
    expect(peer.requests.all.some(({ op }) => op === "refresh" && typeof token === "string")).toBe(false);
  }
});

test("a token function that throws is asked again, after a delay, and the state says why", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  let times = 0;
  await using client = new Fanfare(server.url, {
    ...PATIENT,
    token: () => {
      if (++times < 3) throw new Error(`no token the ${times}. time`);
      return "at last";
    },
  });
  const reasons: string[] = [];
  client.state.listen((state) => {
    if (state.status === "offline") reasons.push(state.reason.message);
  });
  await client.connect();
  expect(reasons).toEqual([
    expect.stringContaining("no token the 1."),
    expect.stringContaining("no token the 2."),
  ]);
  expect((await server.peers.next()).requests.all[0]).toMatchObject({ op: "hello", token: "at last" });
});

test("a token function that hangs is told to stop, and asked again", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  const signals: AbortSignal[] = [];
  await using client = new Fanfare(server.url, {
    ...PATIENT,
    connectTimeout: 100,
    token: ({ signal }) => {
      signals.push(signal);
      return signals.length < 3 ? new Promise<string>(() => {}) : "at last";
    },
  });
  await client.connect();
  // Where the machine is busy, one that has its token may be given up in time as well.
  expect(signals.slice(0, 2).map(({ aborted }) => aborted)).toEqual([true, true]);
  expect(signals.at(-1)?.aborted).toBe(false);
});

test("a token function that is still at it when the client is closed is told to stop, and its token is not used", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  const token = Promise.withResolvers<string>();
  let told: AbortSignal | undefined;
  const client = new Fanfare(server.url, {
    ...PATIENT,
    token: ({ signal }) => {
      told = signal;
      return token.promise;
    },
  });
  const connecting = client.connect().catch((error: unknown) => error);
  await until(client.state, ({ status }) => status === "connecting");
  while (told === undefined) await Promise.resolve();
  await client.close();
  expect(await connecting).toMatchObject({ code: "closed" });
  expect(told.aborted).toBe(true);
  token.resolve("too late");
  await token.promise;
  expect(server.peers.all.length).toBe(0);
});

const UNAUTHORIZED = {
  op: "error",
  code: 201,
  name: "unauthorized",
  message: "The token is not taken.",
  retry: false,
} as const;

test("AUTH-2: a token that is not taken is asked for again, after a delay, where there is a way to another", async () => {
  let times = 0;
  await using server = new ScriptedServer(async (peer) => {
    if (times > 2) return peer.greet();
    const { ref } = await peer.request("hello");
    peer.send({ ...UNAUTHORIZED, ref });
  });
  await using client = new Fanfare(server.url, { ...PATIENT, token: () => `t${++times}` });
  const reasons: string[] = [];
  client.state.listen((state) => {
    if (state.status === "offline") reasons.push(state.reason.message);
  });
  await client.connect();
  expect(reasons).toEqual(["The token is not taken.", "The token is not taken."]);
  expect(server.peers.all.map(({ requests }) => requests.all[0]?.token)).toEqual(["t1", "t2", "t3"]);
});

test("AUTH-2: a token as a value that is not taken closes the client, and says why", async () => {
  await using server = new ScriptedServer(async (peer) => {
    const { ref } = await peer.request("hello");
    peer.send({ ...UNAUTHORIZED, ref });
  });
  await using client = new Fanfare(server.url, { ...PATIENT, token: "t1" });
  expect(await client.connect().catch((error: unknown) => error)).toMatchObject({
    code: "unauthorized",
    number: 201,
  });
  expect(client.state.value).toMatchObject({
    status: "closed",
    reason: { message: "The token is not taken." },
  });
  expect(server.peers.all.length).toBe(1);
});

test("AUTH-5: a room that a new token does not allow is refused from then on, and the others go on", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  await using client = new Fanfare(server.url, PATIENT);
  const [room, other] = [client.room("r"), client.room("s")];
  const joining = Promise.all([room.join(), other.join()]);
  const peer = await server.peers.next();
  await peer.admit();
  await peer.admit();
  await joining;
  const message = "You lack the permission join in r.";
  peer.send({ op: "left", room: "r", code: 200, name: "forbidden", message, retry: false });
  await until(room.state, ({ status }) => status === "refused");
  expect(room.state.value).toMatchObject({ status: "refused", error: { code: "forbidden", message } });
  expect(other.state.value.status).toBe("live");
});

/** The reasons of the breaks of a client, in order. */
function breaks(client: Fanfare): { name?: string; message: string }[] {
  const reasons: { name?: string; message: string }[] = [];
  client.state.listen((state: ConnectionState) => {
    if (state.status === "offline" || state.status === "closed") reasons.push(state.reason);
  });
  return reasons;
}

test("a token function that gives no token is called again, after a delay, for connections and for refreshes", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  const given: unknown[] = ["", null, undefined, 7, "t1", null, "t2"];
  await using client = new Fanfare(server.url, { ...PATIENT, token: async () => given.shift() as string });
  const reasons = breaks(client);
  await client.connect();
  expect(reasons.map(({ name }) => name)).toEqual(Array.from({ length: 4 }, () => "token_failed"));
  const peer = await server.peers.next();
  expect(peer.requests.all[0]).toMatchObject({ op: "hello", token: "t1" });
  // A refresh without a token is no refresh: the server closes when the token ends, and the next connection has one.
  peer.send({ op: "expiring", in: 1 });
  const page = client.room("r").history();
  const { ref } = await peer.request("history");
  peer.send({ op: "ok", ref, room: "r", epoch: "e", oldest: 1, newest: 0, messages: [] });
  await page;
  expect(peer.requests.all.some(({ op }) => op === "refresh")).toBe(false);
  peer.close(4003, "the token has expired");
  expect(await (await server.peers.next()).request("hello")).toMatchObject({ token: "t2" });
});

test("a token function that throws, and one that hangs, are named in the state", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  let calls = 0;
  await using client = new Fanfare(server.url, {
    ...PATIENT,
    connectTimeout: 50,
    token: () => {
      calls += 1;
      if (calls === 1) throw new Error("the login is away");
      return calls === 2 ? new Promise<string>(() => {}) : "at last";
    },
  });
  const reasons = breaks(client);
  client.connect().catch(() => {});
  await until(client.state, ({ status }) => status === "online");
  expect(reasons.slice(0, 2)).toMatchObject([
    { name: "token_failed", message: "the login is away" },
    { name: "token_timeout" },
  ]);
});

test("HELLO-6: a token given to a server that uses none is an error, not a random guest", async () => {
  await using server = await openServer();
  for (const token of ["a token", () => "a token"]) {
    await using client = new Fanfare(server.url, { ...PATIENT, token });
    const error = await client.connect().catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: "bad_request", message: expect.stringContaining("no tokens") });
    expect(client.state.value.status).toBe("closed");
  }
});
