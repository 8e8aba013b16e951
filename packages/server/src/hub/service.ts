import { ERRORS, type Position, type Refusal, refuse } from "@fanfare/protocol";
import type { Outcome } from "../engines/engine.ts";
import type { Connection } from "./connection.ts";
import type { Hub } from "./hub.ts";

/** What a service publishes; a retry is recognised by its id, of 1–128 characters (SPEC ONCE-2, ONCE-3). */
export interface ServicePublishing {
  readonly room: string;
  readonly type: string;
  /** Compact JSON text. */
  readonly data: string;
  readonly id: string;
}

/** Whether a publish of a service was kept. */
export type PublishResult =
  | (Position & { readonly kept: true; readonly duplicate: boolean })
  | {
      readonly kept: false;
      readonly reason: string;
      /** Whether the same may be kept later. */
      readonly retry: boolean;
    };

/**
 * A part of the server that publishes, such as the to-do service: a connection without a client. It may publish in rooms
 * where policies let only the service publish (SPEC ROOM-4). Flow control holds it back like a client (SPEC FLOW-2).
 */
export class Service {
  readonly #connection: Connection;
  #held = false;
  /** Publishes that wait while too much waits for the engine, in their order. */
  readonly #waiting: (() => void)[] = [];

  /** @param name the sender of its messages. */
  constructor(
    private readonly hub: Hub,
    name: string,
  ) {
    const socket = {
      buffered: 0,
      send() {},
      sendBinary() {},
      close() {},
      subscribe() {},
      unsubscribe() {},
      block: () => {
        this.#held = true;
      },
      unblock: () => this.#release(),
    };
    this.#connection = hub.connect(socket, { user: name, service: true });
  }

  /** Resolves once the message was kept or refused. While too much waits for the engine, publishes wait here in their order. */
  publish(publishing: ServicePublishing): Promise<PublishResult> {
    return new Promise((resolve) => {
      const publish = () => {
        const refusal = this.hub.publish(this.#connection, publishing, (outcome) =>
          resolve(resultOf(outcome)),
        );
        if (refusal !== undefined) resolve(notKept(refusal));
      };
      if (this.#held || this.#waiting.length > 0) this.#waiting.push(publish);
      else publish();
    });
  }

  #release(): void {
    this.#held = false;
    while (!this.#held) {
      const publish = this.#waiting.shift();
      if (publish === undefined) return;
      publish();
    }
  }
}

function resultOf(outcome: Outcome): PublishResult {
  if (outcome.kind === "kept") {
    const { epoch, offset, duplicate } = outcome;
    return { kept: true, epoch, offset, duplicate };
  }
  return notKept(outcome.kind === "unavailable" ? refuse("unavailable", outcome.reason) : refuse("conflict"));
}

function notKept({ name, message = ERRORS[name].message }: Refusal): PublishResult {
  return { kept: false, reason: message, retry: ERRORS[name].retry };
}
