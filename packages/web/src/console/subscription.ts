import { type Fanfare, type Pattern, type Reset, Room, type RoomState } from "@fanfare/client";
import { isPattern } from "@fanfare/protocol";
import { can, type Permissions, type RoomPermissions } from "../identity/permissions.ts";
import type { Store } from "../state/store.ts";
import { eventLine, messageLine, noteLine, type Origin } from "./line.ts";
import type { Log } from "./log.ts";

export interface SubscriptionOptions {
  readonly client: Fanfare;
  readonly permissions: Permissions;
  readonly log: Log;
  readonly hue: number;
  readonly changed: () => void;
}

/** Messages of the history that a room begins with. */
const HISTORY = 20;

/** A room or a pattern that the log follows from its creation until `end`. */
export class Subscription {
  readonly isPattern: boolean;
  readonly hue: number;
  /** The offset before which an earlier page begins; undefined until the room has answered. */
  oldest: number | undefined;
  hasEarlier = false;
  readonly #subscription: Room | Pattern;
  readonly #ended = new AbortController();
  /** Messages before the first `live` are history. */
  #origin: Origin = "past";

  readonly #permitted: Store<RoomPermissions | undefined>;

  constructor(
    readonly name: string,
    private readonly options: SubscriptionOptions,
  ) {
    const { client, permissions, log, hue, changed } = options;
    this.isPattern = isPattern(name);
    this.hue = hue;
    const subscription = this.isPattern ? client.pattern(name) : client.room(name);
    this.#subscription = subscription;
    this.#permitted = permissions.of(name);
    const { signal } = this.#ended;
    const source = { subscription: name, hue };
    // One type for both, since both have the same events.
    const { on } = { on: subscription.on.bind(subscription) as Room["on"] };
    on(
      "message",
      (message) => {
        this.#setFirst(message.offset);
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
    subscription.state.listen(
      (state) => {
        if (state.status === "refused") {
          this.#note(`Refused: ${state.error.message}`, "danger");
          // A permission may have been taken away.
          if (state.error.code === "forbidden") permissions.refresh(name);
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

  /** Whether the server would list the members of this room to this user. */
  get canShowMembers(): boolean {
    return !this.isPattern && this.state.status === "live" && can(this.#permitted.value, "presence");
  }

  /** Joins once the permissions are known, and again after a refusal. */
  readonly join = (): void => {
    const { value: permitted } = this.#permitted;
    const { state } = this;
    if (permitted === undefined || state.status === "joining" || state.status === "live") return;
    const willRejoin = state.status === "refused" && state.error.code === "closed"; // with the next connection
    if (!this.isPattern && !willRejoin)
      this.options.client.room(this.name, can(permitted, "history") ? { history: HISTORY } : {});
    // The state has the error.
    this.#subscription.join().catch(() => {});
  };

  end(): void {
    this.#ended.abort();
    this.#subscription.leave();
  }

  /** An earlier page was read, which begins at this offset. */
  setOldest(offset: number, oldestStored: number): void {
    this.oldest = offset;
    this.hasEarlier = offset > oldestStored;
  }

  /** The log was cleared: earlier messages end at the current position. */
  resetHistory(): void {
    const position = this.#subscription instanceof Room ? this.#subscription.position : undefined;
    if (position === undefined) return;
    this.oldest = position.offset + 1;
    this.hasEarlier = position.offset > 0 && this.#hasHistory;
  }

  get #hasHistory(): boolean {
    return can(this.#permitted.value, "history");
  }

  #setFirst(offset: number): void {
    if (this.isPattern || this.oldest !== undefined) return;
    this.oldest = offset;
    this.hasEarlier = offset > 1 && this.#hasHistory;
  }

  #live(offset: number, messages: number): void {
    const isFirst = this.#origin === "past";
    this.#origin = "live";
    if (this.isPattern) {
      if (isFirst) this.#note("Live: all rooms whose names begin with this");
      return;
    }
    this.#setFirst(offset + 1);
    if (isFirst && !this.#hasHistory)
      this.#note("You can't see earlier messages: you don't have the permission history");
    if (isFirst) this.#note(offset === 0 ? "Live: no messages yet" : `Live after offset ${offset}`);
    else if (messages === 0) this.#note("Reconnected: nothing missed", "positive");
    else this.#note(`Caught up: ${messages} ${messages === 1 ? "message" : "messages"}`, "positive");
  }

  #reset(reset: Reset): void {
    this.#note(reasonOf(reset), "caution");
    if (this.isPattern) return;
    // Earlier messages are gone, or have other offsets.
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
      return `Messages are missing here: those before offset ${oldest} have been deleted`;
    case "epoch":
      return "Messages may be missing here: the room's log was reset";
    case "future":
      return "Messages may be missing here: the room's log ends before messages that were already delivered";
    case "damaged":
      return `Messages are missing here: they are damaged in the log, which continues at offset ${oldest}`;
    case "forbidden":
      return "Messages may be missing here: this user can't read earlier messages";
    case "pattern":
      return "Messages may be missing here: the connection was lost, and patterns are live only";
  }
}
