import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Decoded, decodeFrame } from "./codec.ts";
import { refuse } from "./errors.ts";
import type { ClientFrame } from "./messages.ts";

function only(text: string): Decoded {
  const decoded = decodeFrame(text);
  if (decoded.length !== 1 || decoded[0] === undefined) throw new Error(`${decoded.length} entries`);
  return decoded[0];
}

function request(text: string): ClientFrame {
  const decoded = only(text);
  if (!decoded.ok) throw new Error(`${decoded.refusal.name}: ${decoded.refusal.message}`);
  return decoded.request;
}

/** The error's name and the ref that it carries. */
function refused(text: string): [string, number | undefined] {
  const decoded = only(text);
  return decoded.ok ? ["accepted", decoded.request.ref] : [decoded.refusal.name, decoded.ref];
}

describe("every op as it comes over the wire", () => {
  const wire: readonly (readonly [string, ClientFrame])[] = [
    ['{"op":"hello","ref":1}', { op: "hello", ref: 1 }],
    [
      '{"op":"hello","ref":1,"user":"ada","publisher":"0f8fad5bd9cb469fa165","client":{"name":"@fanfare/client","version":"0.1.0"}}',
      {
        op: "hello",
        ref: 1,
        user: "ada",
        publisher: "0f8fad5bd9cb469fa165",
        client: { name: "@fanfare/client", version: "0.1.0" },
      },
    ],
    ['{"op":"join","ref":2,"room":"chat:lobby"}', { op: "join", ref: 2, room: "chat:lobby" }],
    [
      '{"op":"join","ref":2,"room":"chat:lobby","after":{"epoch":"k3Jd","offset":17},"presence":true,"types":["note","chat","note"]}',
      {
        op: "join",
        ref: 2,
        room: "chat:lobby",
        after: { epoch: "k3Jd", offset: 17 },
        presence: true,
        types: ["chat", "note"],
      },
    ],
    ['{"op":"join","ref":2,"room":"a","history":1000}', { op: "join", ref: 2, room: "a", history: 1000 }],
    ['{"op":"leave","ref":3,"room":"a"}', { op: "leave", ref: 3, room: "a" }],
    [
      '{"op":"publish","ref":7,"room":"a","type":"chat","data":{"text":"hi"},"n":1}',
      { op: "publish", ref: 7, room: "a", type: "chat", data: { text: "hi" }, n: 1 },
    ],
    [
      '{"op":"publish","ref":0,"room":"a","type":"chat","data":null,"id":"m-1"}',
      { op: "publish", ref: 0, room: "a", type: "chat", data: null, id: "m-1" },
    ],
    [
      '{"op":"event","ref":8,"room":"a","type":"typing","data":true}',
      { op: "event", ref: 8, room: "a", type: "typing", data: true },
    ],
    [
      '{"op":"history","ref":9,"room":"a","before":18,"limit":50,"epoch":"k3Jd"}',
      { op: "history", ref: 9, room: "a", before: 18, limit: 50, epoch: "k3Jd" },
    ],
    [
      '{"op":"join","ref":2,"room":"a","after":{"epoch":"k3Jd","offset":17,"id":"Zk3v:1","extra":1}}',
      { op: "join", ref: 2, room: "a", after: { epoch: "k3Jd", offset: 17, id: "Zk3v:1" } },
    ],
    ['{"op":"history","ref":9,"room":"a","after":0}', { op: "history", ref: 9, room: "a", after: 0 }],
    ['{"op":"members","ref":10,"room":"a"}', { op: "members", ref: 10, room: "a" }],
    [
      '{"op":"publisher","ref":11,"publisher":"0f8fad5bd9cb469fa165"}',
      { op: "publisher", ref: 11, publisher: "0f8fad5bd9cb469fa165" },
    ],
    ['{"op":"ping","ref":9007199254740991}', { op: "ping", ref: 9007199254740991 }],
    [' \n{"ref":1,"op":"ping"}\t', { op: "ping", ref: 1 }],
  ];
  for (const [text, expected] of wire) {
    test(`FRAME-1: ${text.trim().slice(0, 70)}`, () => expect(request(text)).toEqual(expected));
  }

  test("FRAME-4: fields that the server does not know are ignored", () => {
    expect(request('{"op":"ping","ref":1,"room":7,"later":{"x":1}}')).toEqual({ op: "ping", ref: 1 });
  });
});

describe("what is no request", () => {
  for (const text of [
    "",
    " ",
    "hello",
    "{",
    "[",
    '{"op":"ping","ref":1',
    "{'op':'ping'}",
    "[1,]",
    "\u0000",
    "\ufeff{}",
  ]) {
    test(`FRAME-4: ${JSON.stringify(text)} is not JSON`, () =>
      expect(refused(text)).toEqual(["malformed", undefined]));
  }
  for (const text of ["null", "true", "7", '"ping"', "[]", "[[]]", "[null]", '["ping"]']) {
    test(`FRAME-4: ${text} is neither an object nor a batch of them`, () =>
      expect(refused(text)).toEqual(["malformed", undefined]));
  }
  for (const ref of [
    undefined,
    "null",
    "-1",
    "1.5",
    '"1"',
    "true",
    "[]",
    "{}",
    "1e300",
    "9007199254740992",
  ]) {
    const text = ref === undefined ? '{"op":"ping"}' : `{"op":"ping","ref":${ref}}`;
    test(`FRAME-2: ref ${ref ?? "missing"} is no integer from 0`, () =>
      expect(refused(text)).toEqual(["bad_request", undefined]));
  }
  for (const [op, name] of [
    ['"nope"', "unknown_op"],
    ['"constructor"', "unknown_op"],
    ['"__proto__"', "unknown_op"],
    ['"Ping"', "unknown_op"],
    ["7", "bad_request"],
    ["null", "bad_request"],
    ['["ping"]', "bad_request"],
  ] as const) {
    test(`FRAME-2: op ${op} is answered with ${name} and its ref`, () =>
      expect(refused(`{"op":${op},"ref":5}`)).toEqual([name, 5]));
  }
  test("FRAME-2: a missing op is answered with bad_request and its ref", () =>
    expect(refused('{"ref":5}')).toEqual(["bad_request", 5]));
});

describe("fields with wrong values", () => {
  const TEXTS = ["null", "0", "true", "[]", "{}", '""'];
  const bad: Record<string, Record<string, readonly string[]>> = {
    hello: {
      user: ["null", "7", '""', '"a\\u0000"', '"\\u202eada"', '"\\ud800"', `"${"x".repeat(65)}"`],
      publisher: ["null", "7", '"short"', '"not.a.token.at.all"', `"${"x".repeat(65)}"`],
      client: [
        "null",
        "7",
        '"sdk"',
        "[]",
        "{}",
        '{"name":"a"}',
        '{"name":"a","version":1}',
        '{"name":"","version":"1"}',
      ],
    },
    join: {
      room: [
        "null",
        "7",
        '""',
        '"a*b"',
        '"*a"',
        '"a**"',
        '"**"',
        `"${"x".repeat(128)}*"`,
        '"a\\n"',
        `"${"x".repeat(129)}"`,
        "[]",
        "{}",
      ],
      after: [
        "null",
        "7",
        '"1"',
        "[]",
        "{}",
        '{"epoch":"a"}',
        '{"offset":1}',
        '{"epoch":1,"offset":1}',
        '{"epoch":"a","offset":1,"id":7}',
      ],
      history: ["null", '"1"', "-1", "1.5", "9007199254740992", "[]", "1e99"],
      presence: ["null", "0", '"true"', "[]"],
      types: [
        "null",
        '"chat"',
        "[]",
        "[7]",
        '["a b"]',
        '["chat",null]',
        "{}",
        JSON.stringify(Array(17).fill("a")),
      ],
    },
    publisher: { publisher: ["null", "7", '"short"', '"not.a.token.at.all"', `"${"x".repeat(65)}"`] },
    leave: { room: TEXTS },
    members: { room: TEXTS },
    publish: {
      room: TEXTS,
      type: [...TEXTS, '"a b"'],
      id: [...TEXTS, '"a.b"', '"a:b"'],
      n: ["null", "0", "-1", "1.5", '"1"', "[]", "9007199254740992"],
    },
    event: { room: TEXTS, type: [...TEXTS, '"a b"'] },
    history: {
      room: TEXTS,
      before: ["null", "0", "-1", "1.5", '"1"', "[]"],
      after: ["null", "-1", "1.5", '"1"', "[]"],
      limit: ["null", "-1", "1.5", '"1"', "9007199254740992"],
      epoch: ["null", "7", "[]", "{}", `"${"x".repeat(65)}"`],
    },
  };
  const good: Record<string, Record<string, string>> = {
    hello: {},
    publisher: { publisher: '"0f8fad5bd9cb469fa165"' },
    join: { room: '"a"' },
    leave: { room: '"a"' },
    members: { room: '"a"' },
    publish: { room: '"a"', type: '"chat"', data: "1" },
    event: { room: '"a"', type: '"chat"', data: "1" },
    history: { room: '"a"' },
  };
  const write = (op: string, fields: Record<string, string>): string =>
    `{"op":"${op}","ref":4${Object.entries(fields)
      .map(([key, value]) => `,"${key}":${value}`)
      .join("")}}`;

  for (const [op, fields] of Object.entries(bad)) {
    test(`FRAME-2: ${op} as the other tests vary it is accepted`, () =>
      expect(refused(write(op, good[op] ?? {}))).toEqual(["accepted", 4]));
    for (const [field, values] of Object.entries(fields)) {
      test(`FRAME-2: ${op} with a wrong ${field} is answered with bad_request that names it`, () => {
        for (const value of values) {
          const decoded = only(write(op, { ...good[op], [field]: value }));
          expect(decoded).toMatchObject({ ok: false, ref: 4, refusal: { name: "bad_request" } });
          if (!decoded.ok) expect(decoded.refusal.message).toStartWith(`${field} must be `);
        }
      });
    }
  }
  for (const [op, fields] of Object.entries(good)) {
    for (const field of Object.keys(fields)) {
      test(`FRAME-2: ${op} without ${field} is answered with bad_request`, () => {
        const { [field]: _, ...rest } = fields;
        expect(refused(write(op, rest))).toEqual(["bad_request", 4]);
      });
    }
  }
  for (const [rule, op, fields] of [
    ["PUB-2", "publish", { id: '"m1"', n: "1" }],
    ["JOIN-2", "join", { history: "1", after: '{"epoch":"a","offset":1}' }],
    ["HIST-1", "history", { before: "1", after: "1" }],
  ] as const) {
    test(`${rule}: ${op} with both ${Object.keys(fields).join(" and ")} is refused`, () =>
      expect(refused(write(op, { ...good[op], ...fields }))).toEqual(["bad_request", 4]));
  }
});

describe("patterns", () => {
  test("JOIN-7: join and leave take a pattern", () => {
    expect(request('{"op":"join","ref":1,"room":"orders.*","types":["note"]}')).toEqual({
      op: "join",
      ref: 1,
      room: "orders.*",
      types: ["note"],
    });
    expect(request('{"op":"leave","ref":1,"room":"*"}')).toEqual({ op: "leave", ref: 1, room: "*" });
  });

  for (const [what, text] of [
    ["join with history", '{"op":"join","ref":4,"room":"a*","history":1}'],
    ["join with presence", '{"op":"join","ref":4,"room":"a*","presence":true}'],
    ["publish", '{"op":"publish","ref":4,"room":"a*","type":"t","data":1}'],
    ["event", '{"op":"event","ref":4,"room":"a*","type":"t","data":1}'],
    ["history", '{"op":"history","ref":4,"room":"a*"}'],
    ["members", '{"op":"members","ref":4,"room":"a*"}'],
  ] as const) {
    test(`JOIN-8: ${what} of a pattern is refused with bad_request`, () =>
      expect(refused(text)).toEqual(["bad_request", 4]));
  }
});

describe("data", () => {
  const data = (text: string) => {
    const decoded = request(`{"op":"publish","ref":1,"room":"a","type":"t","data":${text}}`);
    return decoded.op === "publish" ? decoded.data : undefined;
  };
  for (const text of [
    "null",
    "false",
    "0",
    "-1.5e-7",
    '""',
    '"\\u0000\\ud800"',
    "[]",
    "{}",
    '[{"a":[null]}]',
    '"\u2028"',
  ]) {
    test(`ROOM-1: ${JSON.stringify(text)} is data`, () => expect(data(text)).toEqual(JSON.parse(text)));
  }

  test("FRAME-6: __proto__ and its like are data like any other, and touch nothing", () => {
    const text = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"toString":1}';
    const value = data(text);
    expect(JSON.stringify(value)).toBe(text);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test("FRAME-6: a request does not inherit its fields from __proto__", () => {
    expect(refused('{"__proto__":{"op":"ping","ref":1}}')).toEqual(["bad_request", undefined]);
    expect(refused('{"op":"leave","ref":1,"__proto__":{"room":"a"}}')).toEqual(["bad_request", 1]);
  });
});

describe("depth", () => {
  /** A publish that is nested `levels` deep, itself included. */
  const nested = (levels: number, open = "[", close = "]"): string =>
    `{"op":"publish","ref":3,"room":"a","type":"t","data":${open.repeat(levels - 1)}1${close.repeat(levels - 1)}}`;

  test("FRAME-6: 64 levels are accepted, 65 are not", () => {
    expect(refused(nested(64).replace("[1]", "[]"))).toEqual(["accepted", 3]);
    expect(refused(nested(65).replace("[1]", "[]"))).toEqual(["too_deep", 3]);
    expect(refused(nested(65, '{"a":', "}"))).toEqual(["too_deep", 3]);
  });

  test("FRAME-6: the array of a batch is a level", () => {
    expect(refused(`[${nested(63)}]`)).toEqual(["accepted", 3]);
    expect(refused(`[${nested(64)}]`)).toEqual(["too_deep", 3]);
  });

  test("FRAME-3, FRAME-6: what is too deep in a batch is refused alone", () => {
    const decoded = decodeFrame(`[{"op":"ping","ref":1},${nested(100)},{"op":"ping","ref":2}]`);
    expect(decoded.map((each) => (each.ok ? each.request.ref : each.refusal.name))).toEqual([
      1,
      "too_deep",
      2,
    ]);
  });

  test("FRAME-6: 10,000 levels and more are refused, and the next frame is read", () => {
    for (const levels of [10_000, 32_000]) {
      expect(refused("[".repeat(levels))).toEqual(["malformed", undefined]);
      expect(refused("[".repeat(levels) + "]".repeat(levels))).toEqual(["too_deep", undefined]);
      expect(refused(nested(levels))).toEqual(["too_deep", 3]);
      expect(refused(nested(levels, '{"a":', "}"))).toEqual(["too_deep", 3]);
    }
    expect(request('{"op":"ping","ref":1}')).toEqual({ op: "ping", ref: 1 });
  });
});

describe("batches", () => {
  test("FRAME-3: every element stands for itself, in order", () => {
    const decoded = decodeFrame(
      '[{"op":"ping","ref":1},7,{"op":"nope","ref":2},{"op":"ping"},{"op":"leave","ref":3,"room":""},{"op":"ping","ref":4}]',
    );
    expect(decoded).toEqual([
      { ok: true, request: { op: "ping", ref: 1 } },
      { ok: false, refusal: refuse("malformed") },
      { ok: false, ref: 2, refusal: refuse("unknown_op", 'There is no op "nope".') },
      { ok: false, refusal: refuse("bad_request", "ref must be an integer from 0.") },
      {
        ok: false,
        ref: 3,
        refusal: refuse(
          "bad_request",
          "room must be 1–128 bytes without control characters and stray spaces; a * may end it and makes it a pattern.",
        ),
      },
      { ok: true, request: { op: "ping", ref: 4 } },
    ]);
  });

  test("FRAME-4: an empty batch is malformed", () => expect(refused("[]")).toEqual(["malformed", undefined]));
});

describe("whatever comes", () => {
  const frame = fc.record(
    {
      op: fc.constantFrom("hello", "join", "leave", "publish", "event", "history", "members", "ping"),
      ref: fc.oneof(fc.nat(), fc.jsonValue()),
      room: fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()),
      type: fc.oneof(fc.string(), fc.jsonValue()),
      data: fc.jsonValue({ maxDepth: 80 }),
      after: fc.jsonValue(),
      history: fc.jsonValue(),
      types: fc.jsonValue(),
      client: fc.jsonValue(),
      user: fc.jsonValue(),
      n: fc.jsonValue(),
    },
    { requiredKeys: ["op", "ref"] },
  );
  const element = fc.oneof(frame, fc.jsonValue());

  test("FRAME-3, ERR-2: decoding never throws, and every element has exactly one entry", () => {
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 8 }), (batch) => {
        const decoded = decodeFrame(JSON.stringify(batch));
        expect(decoded).toHaveLength(batch.length);
        for (const [i, each] of decoded.entries()) {
          const sent = batch[i];
          const ref = typeof sent === "object" && sent !== null && "ref" in sent ? sent.ref : undefined;
          const told = each.ok ? each.request.ref : each.ref;
          const usable = Number.isSafeInteger(ref) && Number(ref) >= 0 && !Array.isArray(sent);
          expect(told).toBe(usable ? Math.abs(Number(ref)) : undefined);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("ERR-2: any text at all has at least one entry", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.tuple(frame, fc.nat(), fc.string()).map(([valid, at, noise]) => {
        const whole = JSON.stringify(valid);
        const cut = at % (whole.length + 1);
        return whole.slice(0, cut) + noise + whole.slice(cut);
      }),
      fc.stringMatching(/^[[\]{}",:0-9a-z\\ ]*$/),
    );
    fc.assert(
      fc.property(text, (any) => expect(decodeFrame(any).length).toBeGreaterThan(0)),
      { numRuns: 1_000 },
    );
  });
});
