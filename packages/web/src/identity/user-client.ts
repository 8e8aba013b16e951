import { Fanfare, type FanfareOptions } from "@fanfare/client";
import { backoffDelay } from "@fanfare/protocol";
import { Store } from "../state/store.ts";
import type { CurrentUser, Identity } from "./identity.ts";
import { webSocketFor } from "./user-socket.ts";

export interface CurrentClient<T> {
  readonly user: CurrentUser;
  readonly client: Fanfare;
  /** What the page has built for this user. */
  readonly app: T;
}

export interface UserClientOptions<T> {
  /** Whether a user needs a name on a server without tokens; without a name there is no connection then. */
  readonly needsName: boolean;
  readonly client: FanfareOptions;
  readonly build: (client: Fanfare, user: CurrentUser) => T;
  /** Another user has taken this one's place. */
  readonly end?: (app: T) => void;
}

/** Codes with which the server refuses a user: `unauthorized`, and a token that was revoked. */
const UNAUTHORIZED_CODES = new Set([201, 4501]);
/** Before the next attempt where the session names a user and the connection is refused all the same. */
const BACKOFF = { min: 250, max: 30_000 };
/** Ms online after which the delay is the first again. */
const STABLE_AFTER = 5_000;

/**
 * The SDK client of the current user, with what a page builds on it; another user gets another client. A user who signs
 * in again finds the page as it was, and what waited is sent then: never as another user.
 */
export class UserClient<T> {
  readonly current = new Store<CurrentClient<T> | undefined>(undefined);
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #onlineSince = 0;

  constructor(
    private readonly identity: Identity,
    private readonly options: UserClientOptions<T>,
  ) {
    this.#update();
    identity.auth.subscribe(() => this.#update());
    // A connection lasts as long as the cookie that it was made with; the next one is made with the new cookie.
    identity.renewals.subscribe(() => this.current.value?.client.reconnect());
  }

  #update(): void {
    const auth = this.identity.auth.value;
    const current = this.current.value;
    if (auth.status === "out") {
      // The user signed out in another tab. A client that the server refused stays: its user may sign in again.
      if (current?.client.state.value.status === "online") this.#replace(undefined);
      return;
    }
    const { user } = auth;
    const key = this.#keyOf(user);
    if (key === undefined) this.#replace(undefined);
    else if (current === undefined || key !== this.#keyOf(current.user)) this.#replace(this.#create(user));
    else {
      this.current.set({ ...current, user });
      this.#reconnectSoon();
    }
  }

  #keyOf({ kind, name }: CurrentUser): string | undefined {
    if (kind === "open" && !this.options.needsName) return kind;
    return name === undefined ? undefined : `${kind} ${name}`;
  }

  #create(user: CurrentUser): CurrentClient<T> {
    const name = user.kind === "open" && !this.options.needsName ? undefined : user.name;
    // An outbox belongs to a user: another user never sends what is in it.
    const named = name === undefined ? {} : { user: name, WebSocket: webSocketFor(name) };
    const client = new Fanfare(location.origin, { ...this.options.client, ...named });
    client.state.listen((state) => {
      if (state.status === "online") {
        this.#onlineSince = Date.now();
        this.identity.permissions.retryNow();
      }
      if (state.status === "offline") void this.identity.originCheck.run();
      if (state.status === "closed" && UNAUTHORIZED_CODES.has(state.reason.code))
        void this.identity.refresh().then(() => this.#reconnectSoon());
    });
    this.#attempt = 0;
    return { user, client, app: this.options.build(client, user) };
  }

  #replace(next: CurrentClient<T> | undefined): void {
    const before = this.current.value;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.current.set(next);
    if (before === undefined) return;
    this.options.end?.(before.app);
    void before.client.close({ flush: 0 }); // its outbox keeps what waits
  }

  /** Connects again where the server refused the connection and the session still names the same user. */
  #reconnectSoon(): void {
    if (this.#retry !== undefined) return;
    if (Date.now() - this.#onlineSince >= STABLE_AFTER && this.#onlineSince > 0) this.#attempt = 0;
    this.#onlineSince = 0;
    const delay = backoffDelay(BACKOFF, this.#attempt++);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      const { value: auth } = this.identity.auth;
      const { value: current } = this.current;
      if (auth.status === "out" || current === undefined) return;
      const { value: state } = current.client.state;
      if (state.status === "closed" && UNAUTHORIZED_CODES.has(state.reason.code))
        current.client.connect().catch(() => {}); // the client's state has the outcome
    }, delay);
  }
}
