import type { PresenceFrame } from "@fanfare/protocol";
import type { StoredMessage } from "../../engines/engine.ts";
import type { Encoder, Update } from "../../hub/update.ts";
import { batchFrames } from "./frame-batcher.ts";

/** Encodes a room for native members: with or without presence, all types or some, joined by name or through a pattern. */
export class NativeEncoder implements Encoder {
  /** The encoders without a filter, which most members share. */
  static readonly #unfiltered = new Map<string, NativeEncoder>();

  readonly key: string;
  readonly #types: ReadonlySet<string> | undefined;
  /** The field `pattern` of each frame, where members listen to a pattern; else empty. */
  readonly #patternField: string;

  private constructor(
    private readonly frameOut: number,
    private readonly presence: boolean,
    types: readonly string[] | undefined,
    pattern: string | undefined,
  ) {
    this.#types = types && new Set(types);
    this.#patternField = pattern === undefined ? "" : `,"pattern":${JSON.stringify(pattern)}`;
    this.key = `native ${presence ? "presence" : "-"} ${types?.join(",") ?? "*"}`;
  }

  /**
   * @param frameOut bytes that a frame of several elements has at most
   * @param types sorted and without repeats, so that equal filters share one encoding
   */
  static for(frameOut: number, presence: boolean, types: readonly string[] | undefined): NativeEncoder {
    if (types !== undefined) return new NativeEncoder(frameOut, presence, types, undefined);
    const key = `${frameOut} ${presence}`;
    let encoder = NativeEncoder.#unfiltered.get(key);
    if (encoder === undefined) {
      encoder = new NativeEncoder(frameOut, presence, undefined, undefined);
      NativeEncoder.#unfiltered.set(key, encoder);
    }
    return encoder;
  }

  /** All rooms that match a pattern; the other parameters as above. */
  static through(frameOut: number, pattern: string, types: readonly string[] | undefined): NativeEncoder {
    return new NativeEncoder(frameOut, false, types, pattern);
  }

  shows({ type }: { readonly type: string }): boolean {
    return this.#types?.has(type) ?? true;
  }

  encode(room: string, updates: readonly Update[]): string[] {
    const name = JSON.stringify(room) + this.#patternField;
    const elements: string[] = [];
    for (const update of updates) {
      switch (update.kind) {
        case "message":
          if (this.shows(update.message))
            elements.push(`{"op":"message","room":${name},${fields(update.message)}`);
          break;
        case "event":
          if (this.shows(update.event)) {
            const { type, from, data } = update.event;
            elements.push(
              `{"op":"event","room":${name},"type":"${type}","from":${JSON.stringify(from)},"data":${data}}`,
            );
          }
          break;
        case "presence":
          if (this.presence) elements.push(encodePresence(room, update));
          break;
        case "entered":
        case "left":
          break;
        default:
          update satisfies never;
      }
    }
    return batchFrames(elements, this.frameOut);
  }
}

/** A record without its room, as it stands in a page of history. */
export function encodeRecord(message: StoredMessage): string {
  return `{${fields(message)}`;
}

/** `data` is JSON text already; ids and types need no escapes. */
function fields({ offset, id, type, from, at, data }: StoredMessage): string {
  return `"offset":${offset},"id":"${id}","type":"${type}","from":${JSON.stringify(from)},"at":${at},"data":${data}}`;
}

export function encodePresence(room: string, change: Omit<PresenceFrame, "op" | "room">): string {
  const { members, joins, leaves, count } = change;
  const frame: PresenceFrame = {
    op: "presence",
    room,
    ...(members !== undefined && { members }),
    ...(joins !== undefined && joins.length > 0 && { joins }),
    ...(leaves !== undefined && leaves.length > 0 && { leaves }),
    count,
  };
  return JSON.stringify(frame);
}
