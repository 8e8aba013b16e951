import { Fanfare, type FanfareOptions } from "@fanfare/client";
import { backoffDelay } from "@fanfare/protocol";
import { Store } from "../state/store.ts";
import type { Identity, Who } from "./identity.ts";
import { socketOf } from "./user-socket.ts";

/** What a page has for the one that somebody is here. */
export interface Present<T> {
  readonly who: Who;
  readonly client: Fanfare;
  readonly app: T;
}

export interface ByIdentityOptions<T> {
  /** Whether one goes by a name also where nobody proves who they are: without one there is no connection then. */
  readonly needsName: boolean;
  readonly client: FanfareOptions;
  readonly build: (client: Fanfare, who: Who) => T;
  /** Somebody else is here now. */
  readonly end?: (app: T) => void;
}

/** The server does not take who one is (any more): `unauthorized`, and a token that was revoked. */
const TURNED_AWAY = new Set([201, 4501]);
/** Before the next attempt where the session names a user, and the connection is refused nevertheless. */
const BACKOFF = { min: 250, max: 30_000 };
/** Ms online, and the next time begins with the first delay again. */
const STEADY = 5_000;

/**
 * A connection, and what hangs on it, for whoever one is; another one for somebody else. Whoever signs in again as the
 * same user finds what was there, and what waited is sent then: never as anybody else.
 */
export class ByIdentity<T> {
  readonly present = new Store<Present<T> | undefined>(undefined);
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #onlineSince = 0;

  constructor(
    private readonly identity: Identity,
    private readonly how: ByIdentityOptions<T>,
  ) {
    this.#follow();
    identity.standing.subscribe(() => this.#follow());
    // A connection lasts as long as what it came with, and the cookie that comes with the next one is a newer one.
    identity.renewals.subscribe(() => this.present.value?.client.reconnect());
  }

  #follow(): void {
    const standing = this.identity.standing.value;
    const present = this.present.value;
    if (standing.status === "out") {
      // Signed out elsewhere. Who was turned away may come back to what is here.
      if (present?.client.state.value.status === "online") this.#replace(undefined);
      return;
    }
    const { who } = standing;
    const key = this.#keyOf(who);
    if (key === undefined) this.#replace(undefined);
    else if (present === undefined || key !== this.#keyOf(present.who)) this.#replace(this.#begin(who));
    else {
      this.present.set({ ...present, who });
      this.#returnSoon();
    }
  }

  #keyOf({ kind, name }: Who): string | undefined {
    if (kind === "open" && !this.how.needsName) return kind;
    return name === undefined ? undefined : `${kind} ${name}`;
  }

  #begin(who: Who): Present<T> {
    const user = who.kind === "open" && !this.how.needsName ? undefined : who.name;
    // An outbox belongs to a name: what one user has left behind is nobody else's to send.
    const named = user === undefined ? {} : { user, WebSocket: socketOf(user) };
    const client = new Fanfare(location.origin, { ...this.how.client, ...named });
    client.state.subscribe((state) => {
      if (state.status === "online") {
        this.#onlineSince = Date.now();
        this.identity.permissions.wake();
      }
      if (state.status === "closed" && TURNED_AWAY.has(state.reason.code))
        void this.identity.ask().then(() => this.#returnSoon());
    });
    this.#attempt = 0;
    return { who, client, app: this.how.build(client, who) };
  }

  #replace(next: Present<T> | undefined): void {
    const before = this.present.value;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.present.set(next);
    if (before === undefined) return;
    this.how.end?.(before.app);
    void before.client.close();
  }

  /** Goes on with a connection that was turned away, if one is who it was for. */
  #returnSoon(): void {
    if (this.#retry !== undefined) return;
    if (Date.now() - this.#onlineSince >= STEADY && this.#onlineSince > 0) this.#attempt = 0;
    this.#onlineSince = 0;
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        const { value: standing } = this.identity.standing;
        const { value: present } = this.present;
        if (standing.status === "out" || present === undefined) return;
        const { value: state } = present.client.state;
        if (state.status === "closed" && TURNED_AWAY.has(state.reason.code))
          present.client.connect().catch(() => {}); // its state says how it went
      },
      backoffDelay(BACKOFF, this.#attempt++),
    );
  }
}
