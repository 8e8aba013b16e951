import { Fanfare, type FanfareOptions } from "@fanfare/client";
import { Store } from "../chat/store.ts";
import type { Identity, Who } from "./identity.ts";
import { socketOf } from "./user-socket.ts";

/** What a page has for the one that somebody is here. */
export interface Present<T> {
  readonly who: Who;
  readonly client: Fanfare;
  readonly app: T;
}

export interface ByIdentityOptions<T> {
  /** What tells one from another; undefined for one who has no connection yet. */
  readonly keyOf: (who: Who) => string | undefined;
  readonly options: FanfareOptions;
  readonly build: (client: Fanfare, who: Who) => T;
}

/** The server does not take who one is (any more): `unauthorized`, and a token that was revoked. */
const TURNED_AWAY = new Set([201, 4501]);
const LONGEST_DELAY = 30_000;
/** Ms online, and the next time it is tried again at once. */
const STEADY = 5_000;

/**
 * A connection, and what hangs on it, for whoever one is; another one for somebody else. Whoever signs in again as the
 * same user finds what was there, and what waited is sent then, and never as anybody else.
 */
export class ByIdentity<T> {
  readonly present = new Store<Present<T> | undefined>(undefined);
  #delay = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #onlineSince = 0;

  constructor(
    private readonly identity: Identity,
    private readonly how: ByIdentityOptions<T>,
  ) {
    this.#follow();
    identity.standing.subscribe(() => this.#follow());
  }

  #follow(): void {
    const standing = this.identity.standing.value;
    const present = this.present.value;
    if (standing.status === "out") {
      // Signed out elsewhere. Who was turned away may come back to what is here.
      if (present?.client.state.value.status === "online") this.#end(undefined);
      return;
    }
    const { who } = standing;
    const key = this.how.keyOf(who);
    if (key === undefined) this.#end(undefined);
    else if (present === undefined || key !== this.how.keyOf(present.who)) this.#end(this.#begin(who));
    else {
      if (JSON.stringify(who) !== JSON.stringify(present.who)) this.present.set({ ...present, who });
      this.#again();
    }
  }

  #begin(who: Who): Present<T> {
    const named = who.name !== undefined && (who.kind !== "open" || this.how.options.user !== undefined);
    void named;
    const user = who.kind === "open" ? this.how.options.user : who.name;
    const client = new Fanfare(location.origin, {
      ...this.how.options,
      ...(user !== undefined && { user, WebSocket: socketOf(user) }),
    });
    client.state.subscribe((state) => {
      if (state.status === "online") this.#onlineSince = Date.now();
      if (state.status === "closed" && TURNED_AWAY.has(state.reason.code))
        void this.identity.ask().then(() => this.#again());
    });
    this.#delay = 0;
    return { who, client, app: this.how.build(client, who) };
  }
}
