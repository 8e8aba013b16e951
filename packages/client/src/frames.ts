import type { ClientFrame, RefreshRequest, ServerFrame } from "@fanfare/protocol";

type WithoutRef<T> = T extends { readonly ref: number } ? Omit<T, "ref"> : never;
/** A request before it has its `ref`. */
export type Request = WithoutRef<ClientFrame | RefreshRequest>;
export type Reply = Extract<ServerFrame, { readonly op: "ok" | "pong" | "error" }>;
/** A frame that the server sends unasked. */
export type Push = Exclude<ServerFrame, Reply>;
/** A push about one room. */
export type RoomFrame = Extract<Push, { readonly room: string }>;

type Check = (value: unknown) => boolean;
export type Shape = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const amount: Check = (value) => typeof value === "number";
const whole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const something: Check = (value) => value !== undefined;
const maybe = (check: Check): Check => {
  return (value) => value === undefined || check(value);
};
const list = (check: Check): Check => {
  return (value) => Array.isArray(value) && value.every(check);
};
const like = (shape: Shape): Check => {
  return (value) => typeof value === "object" && value !== null && fits(value, shape);
};

const RECORD: Shape = { offset: whole, id: text, type: text, from: text, at: amount, data: something };
const MEMBERS = list(like({ user: text, since: amount }));

const PUSHES: Readonly<Record<Push["op"], Shape>> = {
  message: { room: text, pattern: maybe(text), ...RECORD },
  event: { room: text, pattern: maybe(text), type: text, from: text, data: something },
  presence: {
    room: text,
    count: whole,
    members: maybe(MEMBERS),
    joins: maybe(MEMBERS),
    leaves: maybe(list(text)),
  },
  live: { room: text, offset: whole },
  reset: { room: text, reason: text, epoch: text, oldest: whole, newest: whole },
  closing: { delay: whole },
  expiring: { in: amount },
  left: { room: text, message: text },
};

const REPLIES: Readonly<Record<Reply["op"], Shape>> = {
  ok: { ref: whole },
  pong: { ref: whole },
  error: { ref: maybe(whole), code: amount, name: text, message: text, retry: flag, expected: maybe(whole) },
};

const SHAPES = new Map<unknown, Shape>(Object.entries({ ...PUSHES, ...REPLIES }));

/** The fields of an `ok`, by the `op` of its request. */
export const ANSWERS = {
  hello: {
    connection: text,
    user: text,
    limits: like({ frame: whole, inFlight: whole }),
  },
  join: { epoch: text, offset: whole },
  publish: { epoch: text, offset: whole, id: text },
  history: { epoch: text, oldest: whole, newest: whole, messages: list(like(RECORD)) },
  members: { count: whole, members: maybe(MEMBERS) },
  publisher: { publisher: text },
} as const satisfies Record<string, Shape>;

/** Frames are checked before they are used: the server may be broken, or no Fanfare server at all. */
export function fits(value: object, shape: Shape): boolean {
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape).every(([name, check]) => check(fields[name]));
}

/**
 * Parses a frame, or a batch. Unknown ops are left out (SPEC FRAME-4).
 *
 * @returns undefined if it is malformed: frames may have been lost with it, so the connection has to end
 */
export function parseFrame(frame: string): ServerFrame[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return undefined;
  }
  const frames: ServerFrame[] = [];
  for (const each of Array.isArray(value) ? value : [value]) {
    if (typeof each !== "object" || each === null || typeof each.op !== "string") return undefined;
    const shape = SHAPES.get(each.op);
    if (shape === undefined) continue;
    if (!fits(each, shape)) return undefined;
    frames.push(each);
  }
  return frames;
}

/** Whether a reply is an `ok` with all fields of `shape`. */
export function answers(reply: Reply, shape: Shape): boolean {
  return reply.op === "ok" && fits(reply, shape);
}
