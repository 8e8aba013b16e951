import type { StoredMessage } from "../../engines/engine.ts";
import type { Encoder, Update } from "../../hub/update.ts";
import type { RecordKind } from "./record-kind.ts";

/** One frame per record of the kind; all else is passed over. */
export class RecordEncoder implements Encoder {
  readonly key: string;

  constructor(private readonly kind: RecordKind) {
    this.key = kind.name;
  }

  shows(message: StoredMessage): boolean {
    return this.#frame(message) !== undefined;
  }

  encode(_room: string, updates: readonly Update[]): string[] {
    const frames: string[] = [];
    for (const update of updates) {
      const frame = update.kind === "message" ? this.#frame(update.message) : undefined;
      if (frame !== undefined) frames.push(frame);
    }
    return frames;
  }

  #frame({ type, data, at }: StoredMessage): string | undefined {
    return type === this.kind.name ? this.kind.show(JSON.parse(data), at) : undefined;
  }
}
