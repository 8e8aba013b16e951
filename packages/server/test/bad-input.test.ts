import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ERRORS, type ErrorFrame, type ErrorName, SUBPROTOCOL } from "@fanfare/protocol";
import { ChatClient } from "@fanfare/testing/chat-client";
import { OPCODE } from "@fanfare/testing/frame-writer";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { openServer } from "@fanfare/testing/test-server";

let server: Awaited<ReturnType<typeof openServer>>;
/** Is in the rooms all along, and must be told nothing of what others do wrong. */
let bystander: NativeClient;
let eren: ChatClient;
const faults: unknown[] = [];

beforeAll(async () => {
  server = await openServer({ onFault: (error) => faults.push(error) });
  bystander = await NativeClient.connect(server.url, "Bystander");
  await bystander.follow("r");
  await bystander.publish("r", "note", "kept before");
  eren = await ChatClient.enter(server.url, "room1", "Eren");
});

afterAll(() => server[Symbol.asyncDispose]());

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const publish = (fields: object) =>
  JSON.stringify({ op: "publish", ref: 5, room: "r", type: "note", data: 1, ...fields });
const join = (fields: object) => JSON.stringify({ op: "join", ref: 5, room: "r2", ...fields });

/** What is sent, and the name of the error and its `ref`. */
const BAD: readonly (readonly [what: string, frame: string, error: ErrorName, ref?: number])[] = [
  ["nothing", "", "malformed"],
  ["no JSON", "hello", "malformed"],
  ["half an object", '{"op":"publish"', "malformed"],
  ["a number", "7", "malformed"],
  ["a string", '"publish"', "malformed"],
  ["null", "null", "malformed"],
  ["an empty batch", "[]", "malformed"],
  ["a batch within a batch", '[[{"op":"ping","ref":1}]]', "malformed"],
  ["two objects", '{"op":"ping","ref":1}{"op":"ping","ref":2}', "malformed"],
  ["NUL bytes", "\u0000\u0000", "malformed"],
  ["no ref", '{"op":"ping"}', "bad_request"],
  ["a ref that is a string", '{"op":"ping","ref":"1"}', "bad_request"],
  ["a negative ref", '{"op":"ping","ref":-1}', "bad_request"],
  ["a broken ref", '{"op":"ping","ref":1.5}', "bad_request"],
  ["a ref too large to count with", '{"op":"ping","ref":9007199254740993}', "bad_request"],
  ["no op", '{"ref":5}', "bad_request", 5],
  ["an op that is a number", '{"op":7,"ref":5}', "bad_request", 5],
  ["an unknown op", '{"op":"nope","ref":5}', "unknown_op", 5],
  ["an op that every object has", '{"op":"constructor","ref":5}', "unknown_op", 5],
  ["__proto__ for an op", '{"op":"__proto__","ref":5}', "unknown_op", 5],
  ["an op within __proto__", '{"__proto__":{"op":"ping"},"ref":5}', "bad_request", 5],
  ["a very long op", JSON.stringify({ op: "x".repeat(60_000), ref: 5 }), "unknown_op", 5],
  ["an op of the server", '{"op":"ok","ref":5}', "unknown_op", 5],
  ["a second hello", '{"op":"hello","ref":5}', "already_greeted", 5],
  [
    "data of depth 10,000",
    `{"op":"publish","ref":5,"room":"r","type":"note","data":${nested(10_000)}}`,
    "too_deep",
    5,
  ],
  ["a frame of depth 30,000", nested(30_000), "too_deep"],
  ["data of depth 65", publish({ data: 0 }).replace('"data":0', `"data":${nested(64)}`), "too_deep", 5],
  ["no room", publish({ room: undefined }), "bad_request", 5],
  ["an empty room", publish({ room: "" }), "bad_request", 5],
  ["a room that is an object", publish({ room: { toString: "r" } }), "bad_request", 5],
  ["a room with a control character", publish({ room: "a\u0007" }), "bad_request", 5],
  ["a room with a stray space", publish({ room: "a " }), "bad_request", 5],
  ["a room with a bidirectional control", publish({ room: "a\u202e" }), "bad_request", 5],
  ["a room that is a pattern", publish({ room: "a*" }), "bad_request", 5],
  ["a room of 129 bytes", publish({ room: `${"ü".repeat(64)}x` }), "bad_request", 5],
  ["a room with half a character", publish({ room: "\ud800" }), "bad_request", 5],
  ["no type", publish({ type: undefined }), "bad_request", 5],
  ["a type with a space", publish({ type: "a b" }), "bad_request", 5],
  ["a type of 65 characters", publish({ type: "a".repeat(65) }), "bad_request", 5],
  ["no data", publish({ data: undefined }), "bad_request", 5],
  ["an id with a dot", publish({ id: "a.b" }), "bad_request", 5],
  ["an empty id", publish({ id: "" }), "bad_request", 5],
  ["an id of 65 characters", publish({ id: "a".repeat(65) }), "bad_request", 5],
  ["an id that is a number", publish({ id: 1 }), "bad_request", 5],
  ["the number 0", publish({ n: 0 }), "bad_request", 5],
  ["a broken number", publish({ n: 1.5 }), "bad_request", 5],
  ["a number that is a string", publish({ n: "1" }), "bad_request", 5],
  ["an id and a number", publish({ id: "a", n: 1 }), "bad_request", 5],
  ["a number that leaves a gap", publish({ n: 2 }), "unknown_publisher", 5],
  ["a publish that is the service's", publish({ room: "todo:x" }), "forbidden", 5],
  ["a position that is a number", join({ after: 5 }), "bad_request", 5],
  ["a position without an epoch", join({ after: { offset: 1 } }), "bad_request", 5],
  ["a position with a negative offset", join({ after: { epoch: "e", offset: -1 } }), "bad_request", 5],
  ["more history than there may be", join({ history: 1001 }), "bad_request", 5],
  ["history and after", join({ history: 1, after: { epoch: "e", offset: 1 } }), "bad_request", 5],
  ["presence that is a string", join({ presence: "yes" }), "bad_request", 5],
  ["no types", join({ types: [] }), "bad_request", 5],
  ["17 types", join({ types: Array.from({ length: 17 }, (_, i) => `t${i}`) }), "bad_request", 5],
  ["a type that is none", join({ types: ["a", 7] }), "bad_request", 5],
  ["leaving a room that was not joined", '{"op":"leave","ref":5,"room":"elsewhere"}', "not_joined", 5],
  [
    "an event to a room that was not joined",
    '{"op":"event","ref":5,"room":"r","type":"a","data":1}',
    "not_joined",
    5,
  ],
  ["the members of a room that was not joined", '{"op":"members","ref":5,"room":"r"}', "not_joined", 5],
  ["a page before offset 0", '{"op":"history","ref":5,"room":"r","before":0}', "bad_request", 5],
  ["a page before and after", '{"op":"history","ref":5,"room":"r","before":5,"after":1}', "bad_request", 5],
  ["a page of 1,001", '{"op":"history","ref":5,"room":"r","limit":1001}', "bad_request", 5],
  ["a page of another log", '{"op":"history","ref":5,"room":"r","epoch":"other"}', "epoch_mismatch", 5],
];

describe("what a native client gets wrong", () => {
  for (const [what, frame, name, ref] of BAD) {
    test(`ERR-1 ERR-2 FRAME-4 FRAME-6: ${what}: ${name}, and the connection goes on`, async () => {
      const client = await NativeClient.connect(server.url, "Armin", { publisher: crypto.randomUUID() });
      client.send(frame);
      const error = (await client.next(({ op }) => op === "error")) as ErrorFrame;
      expect(error).toEqual({
        op: "error",
        ...(ref !== undefined && { ref }),
        code: ERRORS[name].code,
        name,
        message: expect.stringMatching(/^[A-Za-z0-9"].{8,}\.$/),
        retry: ERRORS[name].retry,
      });
      expect(await client.request({ op: "ping" })).toMatchObject({ op: "pong" });
      await client.close();
    });
  }

  test("FRAME-2 HELLO-1: whatever comes before hello is refused with its ref", async () => {
    const client = await NativeClient.open(server.url);
    const requests = ["ping", "join", "leave", "publish", "event", "history", "members"].map((op, ref) => ({
      op,
      ref,
      room: "r",
      type: "note",
      data: 1,
    }));
    client.send(JSON.stringify(requests));
    await client.frames.when(() => client.frames.all.length === requests.length);
    expect(client.frames.all).toEqual(
      requests.map(({ ref }) =>
        expect.objectContaining({ op: "error", ref, name: "hello_required", code: 103 }),
      ),
    );
    expect(await client.request({ op: "hello", user: "Late" })).toMatchObject({ op: "ok", user: "Late" });
  });

  test("FRAME-3: of a batch that is half bad, the good half is carried out, in order", async () => {
    const client = await NativeClient.connect(server.url, "Armin");
    client.send(
      `[{"op":"join","ref":101,"room":"half"},7,{"op":"publish","ref":102,"room":"half","type":"note","data":"first"},
       {"op":"publish","ref":103,"room":"","type":"note","data":"bad"},{"op":"nope","ref":104},null,{"ref":105},
       {"op":"publish","ref":106,"room":"half","type":"note","data":"second"}]`,
    );
    await client.received(2);
    expect(client.messages.map(({ offset, data }) => [offset, data])).toEqual([
      [1, "first"],
      [2, "second"],
    ]);
    const replies = client.frames.all.filter(({ op }) => op === "ok" || op === "error").slice(1);
    const errors = replies.filter((frame) => frame.op === "error").map(({ ref, name }) => [ref, name]);
    expect(errors).toEqual([
      [undefined, "malformed"],
      [103, "bad_request"],
      [104, "unknown_op"],
      [undefined, "malformed"],
      [105, "bad_request"],
    ]);
    expect(replies.flatMap((frame) => (frame.op === "ok" ? [frame.ref] : [])).sort()).toEqual([
      101, 102, 106,
    ]);
  });

  test("FRAME-6: keys such as __proto__ are data like any other", async () => {
    const client = await NativeClient.connect(server.url, "Armin");
    await client.follow("proto");
    const data = '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":null,"":0}';
    client.send(
      `{"op":"publish","ref":200,"room":"proto","type":"note","data":${data},"__proto__":{"id":"x"}}`,
    );
    await client.received(1);
    expect(client.socket.frames.all.at(-1)).toContain(`"data":${data}`);
    expect(JSON.stringify((await client.log("proto"))[0]?.data)).toBe(data);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("ONCE-3: the same id or number with another body is refused, and the first stays", async () => {
    const client = await NativeClient.connect(server.url, "Armin", { publisher: crypto.randomUUID() });
    const first = await client.publish("once", "note", { a: 1 }, { id: "same" });
    expect(await client.publish("once", "note", { a: 1 }, { id: "same" })).toMatchObject({
      offset: first.offset,
      duplicate: true,
    });
    const other = { op: "publish", room: "once", type: "note", data: { a: 2 } } as const;
    expect(await client.request({ ...other, id: "same" })).toMatchObject({ name: "conflict", code: 500 });
    await client.publish("once", "note", { a: 1 }, { n: 1 });
    expect(await client.request({ ...other, n: 1 })).toMatchObject({ name: "conflict" });
    expect(await client.request({ ...other, n: 3 })).toMatchObject({ name: "out_of_sequence", expected: 2 });
    expect((await client.log("once")).map(({ data }) => data)).toEqual([{ a: 1 }, { a: 1 }]);
  });

  for (const [what, opcode, payload, code] of [
    ["binary that is not UTF-8", OPCODE.binary, Buffer.from([0x7b, 0xff, 0x7d]), 1007],
    ["text that is not UTF-8", OPCODE.text, Buffer.from([0x7b, 0xff, 0x7d]), 1007],
    ["more than 64 KiB", OPCODE.text, Buffer.alloc(64 * 1024 + 1, " "), 1009],
  ] as const) {
    test(`FRAME-5 ERR-2: ${what} closes the connection with ${code}`, async () => {
      const raw = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
      raw.text('{"op":"hello","ref":0,"user":"Raw"}');
      await raw.frames.next();
      raw.frame(opcode, payload);
      expect(await raw.closed()).toMatchObject({ code });
    });
  }

  test("FRAME-1: binary that is UTF-8 is read as text", async () => {
    const raw = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
    raw.frame(OPCODE.binary, Buffer.from('{"op":"hello","ref":0,"user":"Jürgen"}'));
    expect((await raw.frames.next()).payload.toString()).toContain('"user":"Jürgen"');
    raw.destroy();
  });

  test("JOIN-5: of 10,000 rooms by one client, the 1,001st and all after it are refused", async () => {
    const client = await NativeClient.connect(server.url, "Greedy");
    const replies = await Promise.all(
      Array.from({ length: 10_000 }, (_, i) => client.request({ op: "join", room: `greedy-${i}` })),
    );
    expect(replies.slice(0, 1_000).every(({ op }) => op === "ok")).toBe(true);
    expect(
      replies.slice(1_000).every((reply) => reply.op === "error" && reply.name === "too_many_rooms"),
    ).toBe(true);
    await client.ok({ op: "leave", room: "greedy-0" });
    await client.join("greedy-10000");
    expect(await client.request({ op: "join", room: "greedy-10000" })).toMatchObject({
      name: "already_joined",
    });
    await client.close();
  });

  test("ERR-2: through all of this the others were told nothing, lost nothing, and the server met no fault", async () => {
    await bystander.publish("r", "note", "kept after");
    await bystander.received(2);
    expect(bystander.messages.map(({ offset, data }) => [offset, data])).toEqual([
      [1, "kept before"],
      [2, "kept after"],
    ]);
    expect(bystander.frames.all.map(({ op }) => op)).toEqual([
      "ok",
      "ok",
      "live",
      "ok",
      "message",
      "ok",
      "message",
    ]);
    expect(eren.raw).toHaveLength(2);
    expect(faults).toEqual([]);
  });
});
