/**
 * Refuses what the contract forbids in an operation: a raw control character could break the
 * framing between threads, and a lone surrogate would be stored as another character.
 */
import type { Operation } from "../engine.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u001f]/;

/** @throws {TypeError} a bug of the caller; none of the operations is applied. */
export function checkFields(operations: readonly Operation[]): void {
  for (const operation of operations) {
    const fault = faultOf(operation);
    if (fault !== undefined) throw new TypeError(`${operation.kind}: ${fault}`);
  }
}

/** @throws {TypeError} likewise. */
export function checkPattern(pattern: string): void {
  if (!isClean(pattern) || !pattern.endsWith("*"))
    throw new TypeError("the pattern is not clean text that ends with *");
}

/** @throws {TypeError} likewise. */
export function checkRoom(room: string): void {
  if (!isClean(room)) throw new TypeError("the room's name is not clean text");
}

function faultOf(operation: Operation): string | undefined {
  if (!isClean(operation.room)) return "the room's name is not clean text";
  switch (operation.kind) {
    case "append":
      return faultOfAppend(operation);
    case "enter":
      return isClean(operation.attendee.key) &&
        isClean(operation.attendee.user) &&
        isTime(operation.attendee.since)
        ? undefined
        : "the attendee is not clean text";
    case "leave":
      return isClean(operation.key) ? undefined : "the key is not clean text";
    case "relay": {
      const { type, from, data } = operation.event;
      return isClean(type) && isClean(from) && isClean(data) ? undefined : "the event is not clean text";
    }
  }
}

function faultOfAppend(append: Extract<Operation, { kind: "append" }>): string | undefined {
  const { id, type, from, at, data, recognition } = append;
  if (!(isClean(id) && isClean(type) && isClean(from) && isClean(data))) return "a field is not clean text";
  if (!isTime(at)) return `at is ${at}, which is not a time`;
  if (recognition.by !== "number") return undefined;
  if (!isClean(recognition.publisher)) return "the publisher is not clean text";
  return Number.isSafeInteger(recognition.n) && recognition.n > 0
    ? undefined
    : `${recognition.n} is not a number`;
}

function isClean(text: string): boolean {
  return !CONTROL.test(text) && text.isWellFormed();
}

function isTime(at: number): boolean {
  return Number.isSafeInteger(at);
}
