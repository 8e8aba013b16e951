import { type Fanfare, type Pattern, type Reset, Room, type RoomState } from "@fanfare/client";
import { isPattern } from "@fanfare/protocol";
import { can, type Permissions, type Permitted } from "../identity/permissions.ts";
import type { Store } from "../state/store.ts";
import { eventLine, messageLine, noteLine, type Origin } from "./line.ts";
import type { Log } from "./log.ts";

export interface SubscribedOptions {
  readonly client: Fanfare;
  readonly permissions: Permissions;
  readonly log: Log;
  readonly hue: number;
  readonly changed: () => void;
}

/** Messages of the past that a room begins with. */
const HISTORY = 20;

/** A room or a pattern that the log follows, from the moment it is made until `end`. */
export class Subscribed {
  readonly isPattern: boolean;
  readonly hue: number;
  /** The offset before which an earlier page begins; undefined while nothing is known of the room. */
  oldest: number | undefined;
  hasEarlier = false;
  readonly #subscription: Room | Pattern;
  readonly #ended = new AbortController();
  /** Until it is live for the first time, what comes is its past. */
  #origin: Origin = "past";

  readonly #permitted: Store<Permitted | undefined>;

  constructor(
    readonly name: string,
    private readonly options: SubscribedOptions,
  ) {
    const { client, permissions, log, hue, changed } = options;
    this.isPattern = isPattern(name);
    this.hue = hue;
    const subscription = this.isPattern ? client.pattern(name) : client.room(name);
    this.#subscription = subscription;
    this.#permitted = permissions.of(name);
    const { signal } = this.#ended;
    const source = { subscription: name, hue };
    // One type for both: what is listened to here is the same.
    const { on } = { on: subscription.on.bind(subscription) as Room["on"] };
    on(
      "message",
      (message) => {
        this.#begins(message.offset);
        log.add(messageLine(message, source, this.#origin));
      },
      { signal },
    );
    on("event", (event) => log.add(eventLine(event, source)), { signal });
    on("reset", (reset) => this.#reset(reset), { signal });
    on(
      "live",
      ({ offset, messages }) => {
        this.#live(offset, messages);
        changed();
      },
      { signal },
    );
    subscription.state.subscribe(
      (state) => {
        if (state.status === "refused") {
          this.#note(`Refused: ${state.error.message}`, "danger");
          // What was permitted may not be any more.
          if (state.error.code === "forbidden") permissions.renew(name);
        }
        changed();
      },
      { signal },
    );
    signal.addEventListener("abort", this.#permitted.subscribe(this.join));
    this.join();
  }

  get state(): RoomState {
    return this.#subscription.state.value;
  }

  /** As far as it is permitted, once that is known; again, where it was refused. */
  readonly join = (): void => {
    const { value: permitted } = this.#permitted;
    const { state } = this;
    if (permitted === undefined || state.status === "joining" || state.status === "live") return;
    const goesOn = state.status === "refused" && state.error.code === "closed"; // with the next connection
    if (!this.isPattern && !goesOn)
      this.options.client.room(this.name, can(permitted, "history") ? { history: HISTORY } : {});
    // A refusal is in the state.
    this.#subscription.join().catch(() => {});
  };

  end(): void {
    this.#ended.abort();
    this.#subscription.leave();
  }

  /** An earlier page was read from here on. */
  reachedBack(offset: number, oldestKept: number): void {
    this.oldest = offset;
    this.hasEarlier = offset > oldestKept;
  }

  /** The log was emptied: what is earlier begins right here. */
  cleared(): void {
    const position = this.#subscription instanceof Room ? this.#subscription.position : undefined;
    if (position === undefined) return;
    this.oldest = position.offset + 1;
    this.hasEarlier = position.offset > 0 && this.#hasPast;
  }

  get #hasPast(): boolean {
    return can(this.#permitted.value, "history");
  }

  #begins(offset: number): void {
    if (this.isPattern || this.oldest !== undefined) return;
    this.oldest = offset;
    this.hasEarlier = offset > 1 && this.#hasPast;
  }

  #live(offset: number, messages: number): void {
    const isFirst = this.#origin === "past";
    this.#origin = "live";
    if (this.isPattern) {
      if (isFirst) this.#note("Live: every room whose name begins like this");
      return;
    }
    this.#begins(offset + 1);
    if (isFirst && !this.#hasPast)
      this.#note("What was said before is not shown to you: you lack the permission history");
    if (isFirst) this.#note(offset === 0 ? "Live: no messages yet" : `Live after offset ${offset}`);
    else if (messages === 0) this.#note("Back: nothing was missed", "positive");
    else this.#note(`Caught up: ${messages} ${messages === 1 ? "message" : "messages"}`, "positive");
  }

  #reset(reset: Reset): void {
    this.#note(reasonOf(reset), "caution");
    if (this.isPattern) return;
    // What lies before is gone, or is numbered otherwise.
    this.oldest = reset.oldest;
    this.hasEarlier = false;
  }

  #note(text: string, tone?: "positive" | "caution" | "danger"): void {
    this.options.log.add(noteLine(this.name, this.hue, text, tone));
  }
}

function reasonOf({ reason, oldest }: Reset): string {
  switch (reason) {
    case "trimmed":
      return `Messages are missing here: the room has trimmed what came before offset ${oldest}`;
    case "epoch":
      return "Messages may be missing here: the room's log is another one now, and its offsets begin anew";
    case "future":
      return "Messages may be missing here: the room's log ends before what was told already";
    case "damaged":
      return `Messages are missing here: they are damaged in the log. It goes on at offset ${oldest}`;
    case "forbidden":
      return "Messages may be missing here: this user may not read what was said before";
    case "pattern":
      return "Messages may be missing here: the connection broke, and a pattern is live only";
  }
}
