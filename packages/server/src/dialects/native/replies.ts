import { ERRORS, type ErrorFrame, type PublishReply, type Refusal, refuse } from "@fanfare/protocol";
import type { Outcome, Page } from "../../engines/engine.ts";
import { encodeRecord } from "./encoder.ts";

/** The fields of a refusal that a client gets, in the order of the wire. */
export function errorFields({ name, message }: Refusal) {
  const { code, retry, message: sentence } = ERRORS[name];
  return { code, name, message: message ?? sentence, retry };
}

export function errorFrame(refusal: Refusal, ref: number | undefined): ErrorFrame {
  const { expected } = refusal;
  return {
    op: "error",
    ...(ref !== undefined && { ref }),
    ...errorFields(refusal),
    ...(expected !== undefined && { expected }),
  };
}

/** Encoded by hand: the records' data is JSON text already. */
export function historyReply(ref: number, room: string, { epoch, oldest, head, messages }: Page): string {
  const records = messages.map(encodeRecord).join(",");
  const position = `"room":${JSON.stringify(room)},"epoch":"${epoch}","oldest":${oldest},"newest":${head}`;
  return `{"op":"ok","ref":${ref},${position},"messages":[${records}]}`;
}

export function publishReply(
  ref: number,
  outcome: Extract<Outcome, { kind: "kept" }>,
  id: string,
): PublishReply {
  const { epoch, offset, duplicate } = outcome;
  return { op: "ok", ref, epoch, offset, id, ...(duplicate && { duplicate: true }) };
}

export function refusalFor(outcome: Exclude<Outcome, { kind: "kept" }>): Refusal {
  switch (outcome.kind) {
    case "conflict":
      return refuse("conflict");
    case "out-of-sequence":
      return { ...refuse("out_of_sequence"), expected: outcome.expected };
    case "too-old":
      return refuse("number_too_old");
    case "unknown-publisher":
      return refuse("unknown_publisher");
    case "unavailable":
      return refuse("unavailable", outcome.reason);
    default:
      return outcome satisfies never;
  }
}
