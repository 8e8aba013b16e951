/**
 * Decodes `fanfare.v1.json` text to typed requests. Each element of a batch is decoded on its own: a bad one does not
 * affect the others (SPEC FRAME-3).
 */
import { type Refusal, refuse } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import type { ClientFrame, Json, ResumePosition } from "./messages.ts";
import {
  isPattern,
  parseMessageId,
  parsePattern,
  parsePublisherId,
  parseRoomName,
  parseTypeName,
  parseUserName,
} from "./names.ts";

const PUBLISHER = "16–64 characters of A-Z a-z 0-9 _ -";
const TOKEN = `a text of 1 to ${LIMITS.token} characters`;

export type Decoded =
  | { readonly ok: true; readonly request: ClientFrame }
  | { readonly ok: false; readonly refusal: Refusal; readonly ref?: number };

type Fields = Readonly<Record<string, unknown>>;

/** @param text one WebSocket message @returns one result per element, in order */
export function decodeFrame(text: string): Decoded[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [failed(refuse("malformed", "The frame is not JSON."))];
  }
  if (!Array.isArray(value)) return [decodeRequest(value, LIMITS.depth)];
  if (value.length === 0) return [failed(refuse("malformed", "The batch is empty."))];
  // The array is one level of nesting.
  return value.map((element) => decodeRequest(element, LIMITS.depth - 1));
}

/** @param levels how deep the value may be nested */
function decodeRequest(value: unknown, levels: number): Decoded {
  const ref = isObject(value) && isCount(value.ref) ? value.ref : undefined;
  if (deeperThan(value, levels)) {
    return failed(refuse("too_deep", `JSON may be nested ${LIMITS.depth} levels deep.`), ref);
  }
  if (!isObject(value)) return failed(refuse("malformed"));
  if (ref === undefined) return failed(refuse("bad_request", "ref must be an integer from 0."));
  try {
    return { ok: true, request: parseRequest(value, ref) };
  } catch (error) {
    if (error instanceof Invalid) return failed(error.refusal, ref);
    throw error;
  }
}

function parseRequest(fields: Fields, ref: number): ClientFrame {
  const op = fields.op;
  switch (op) {
    case "publish":
      return {
        op,
        ref,
        room: room(fields),
        type: type(fields),
        data: data(fields),
        ...optional(fields, "id", parseMessageId, "1–64 characters of A-Z a-z 0-9 _ -"),
        ...optional(fields, "n", positive, "an integer from 1"),
        ...exclusive(fields, "id", "n"),
      };
    case "event":
      return { op, ref, room: room(fields), type: type(fields), data: data(fields) };
    case "join":
      return {
        op,
        ref,
        room: roomOrPattern(fields),
        ...optional(
          fields,
          "after",
          position,
          "a position {epoch, offset}, with the id of its message or without",
        ),
        ...optional(fields, "history", count, "an integer from 0"),
        ...optional(fields, "presence", boolean, "true or false"),
        ...optional(fields, "types", types, `a list of 1 to ${LIMITS.typesPerFilter} types`),
        ...exclusive(fields, "after", "history"),
        ...liveOnly(fields),
      };
    case "leave":
      return { op, ref, room: roomOrPattern(fields) };
    case "members":
      return { op, ref, room: room(fields) };
    case "history":
      return {
        op,
        ref,
        room: room(fields),
        ...optional(fields, "before", positive, "an offset from 1"),
        ...optional(fields, "after", count, "an offset from 0"),
        ...optional(fields, "limit", count, "an integer from 0"),
        ...optional(fields, "epoch", string, "a string"),
        ...exclusive(fields, "before", "after"),
      };
    case "hello":
      return {
        op,
        ref,
        ...optional(
          fields,
          "user",
          parseUserName,
          "1–64 characters without control characters and stray spaces",
        ),
        ...optional(fields, "token", parseToken, TOKEN),
        ...optional(fields, "publisher", parsePublisherId, PUBLISHER),
        ...optional(fields, "client", client, "an object {name, version} of strings"),
      };
    case "publisher":
      return { op, ref, publisher: required(fields, "publisher", parsePublisherId, PUBLISHER) };
    case "refresh":
      return { op, ref, token: required(fields, "token", parseToken, TOKEN) };
    case "ping":
      return { op, ref };
    default:
      throw new Invalid(
        typeof op === "string"
          ? refuse("unknown_op", `There is no op ${JSON.stringify(op.slice(0, 32))}.`)
          : refuse("bad_request", "op must be a string."),
      );
  }
}

/** Carries a refusal out of the field parsers; it is always caught in this file. */
class Invalid extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.name);
  }
}

function failed(refusal: Refusal, ref?: number): Decoded {
  return ref === undefined ? { ok: false, refusal } : { ok: false, refusal, ref };
}

function required<T>(
  fields: Fields,
  key: string,
  parse: (value: unknown) => T | undefined,
  expected: string,
): T {
  const parsed = parse(fields[key]);
  if (parsed === undefined) throw new Invalid(refuse("bad_request", `${key} must be ${expected}.`));
  return parsed;
}

function optional<K extends string, T>(
  fields: Fields,
  key: K,
  parse: (value: unknown) => T | undefined,
  expected: string,
): { readonly [P in K]?: T } {
  if (fields[key] === undefined) return {};
  // TypeScript widens a computed key to an index signature.
  return { [key]: required(fields, key, parse, expected) } as { readonly [P in K]?: T };
}

function exclusive(fields: Fields, one: string, other: string): object {
  if (fields[one] !== undefined && fields[other] !== undefined) {
    throw new Invalid(refuse("bad_request", `Give ${one} or ${other}, not both.`));
  }
  return {};
}

function liveOnly(fields: Fields): object {
  if (!isPattern(String(fields.room))) return {};
  for (const key of ["history", "presence"]) {
    if (fields[key]) throw new Invalid(refuse("bad_request", `A pattern has no ${key}.`));
  }
  return {};
}

const room = (fields: Fields): string =>
  required(fields, "room", parseRoomName, "1–128 bytes without control characters, stray spaces and *");
const roomOrPattern = (fields: Fields): string =>
  required(
    fields,
    "room",
    (value) => parsePattern(value) ?? parseRoomName(value),
    "1–128 bytes without control characters and stray spaces; a * may end it and makes it a pattern",
  );
const type = (fields: Fields): string =>
  required(fields, "type", parseTypeName, "1–64 characters of A-Z a-z 0-9 _ . : / -");

function data(fields: Fields): Json {
  const value = fields.data;
  if (value === undefined) throw new Invalid(refuse("bad_request", "data is missing; null will do."));
  return value as Json; // it is a result of JSON.parse
}

function position(value: unknown): ResumePosition | undefined {
  if (!isObject(value)) return undefined;
  const epoch = string(value.epoch);
  const offset = count(value.offset);
  const id = string(value.id);
  if (epoch === undefined || offset === undefined) return undefined;
  if (value.id === undefined) return { epoch, offset };
  return id === undefined ? undefined : { epoch, offset, id };
}

function types(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > LIMITS.typesPerFilter) return undefined;
  const parsed = value.map(parseTypeName);
  return parsed.every((name) => name !== undefined) ? [...new Set(parsed)].sort() : undefined;
}

/** Checks the length alone; the authenticator verifies the token. */
function parseToken(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= LIMITS.token ? value : undefined;
}

function client(value: unknown): { name: string; version: string } | undefined {
  if (!isObject(value)) return undefined;
  const name = parseUserName(value.name);
  const version = parseUserName(value.version);
  return name === undefined || version === undefined ? undefined : { name, version };
}

const boolean = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);
const string = (value: unknown): string | undefined =>
  typeof value === "string" && value.length <= 64 ? value : undefined;
const count = (value: unknown): number | undefined => (isCount(value) ? value : undefined);
const positive = (value: unknown): number | undefined => (isCount(value) && value > 0 ? value : undefined);

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => deeperThan(inner, levels - 1));
}
