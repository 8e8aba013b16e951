import { FanfareError } from "./errors.ts";

const encoder = new TextEncoder();

/** The bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

/** @throws {FanfareError} `invalid`, if JSON cannot hold it: a BigInt, a cycle */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (cause) {
    throw new FanfareError("invalid", `JSON cannot hold this: ${(cause as Error).message}`, false, { cause });
  }
}

export function tooLarge(bytes: number, limit: number): FanfareError {
  return new FanfareError("data_too_large", `It needs a frame of ${bytes} bytes; the limit is ${limit}.`);
}
