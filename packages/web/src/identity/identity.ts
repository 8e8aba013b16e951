import { onStorageChange, readStorage, readStorageJson, writeStorage } from "../state/local-storage.ts";
import { Retry } from "../state/retry.ts";
import { Store } from "../state/store.ts";
import { OriginCheck } from "./origin-check.ts";
import { Permissions } from "./permissions.ts";
import { fetchSession, readSession, type Session, type SignedOut } from "./session.ts";
import { SessionExpiry } from "./session-expiry.ts";
import { LONGEST_USER, readUserName } from "./user-name.ts";

export type CurrentUser =
  /** On a server without tokens: the name that the user chose, if any. */
  | { readonly kind: "open"; readonly name: string | undefined }
  /** The name as others see it, with `guest-` before it. */
  | { readonly kind: "guest"; readonly name: string; readonly signIn: string | undefined }
  | { readonly kind: "user"; readonly name: string; readonly signIn: string | undefined };

export type AuthState =
  | { readonly status: "in"; readonly user: CurrentUser }
  | (SignedOut & {
      /** The user that was signed in here before. */
      readonly lastUser: string | undefined;
    });

const GUEST = "guest-";
/** Characters that are left of a guest's name. */
export const LONGEST_GUEST = LONGEST_USER - GUEST.length;

const NAME = "chat.name";
const SESSION = "chat.session";
const LAST_USER = "chat.was";
const AS_GUEST = "chat.guest";
/** Before the page asks the server again after no answer. */
const BACKOFF = { min: 500, max: 30_000 };

/**
 * The user of this page. The page begins with what it stored last time, so nothing waits for the server, and corrects
 * that when the server has answered.
 */
export class Identity {
  readonly auth: Store<AuthState>;
  readonly permissions = new Permissions(() => void this.refresh());
  /** Counts the sessions that ended later than the one before: connections should be made again with the new cookie. */
  readonly renewals = new Store(0);
  /** The server has admitted the user since the page was opened. */
  wasSignedIn = false;
  readonly originCheck = new OriginCheck();
  readonly expiry = new SessionExpiry(() => void this.refresh());
  #session: Session;
  #name = storedName();
  #refreshing: Promise<boolean> | undefined;
  #refreshingAgain: Promise<boolean> | undefined;
  readonly #retry = new Retry(() => void this.refresh(), BACKOFF);

  constructor() {
    this.#session = storedSession();
    this.auth = new Store(this.#currentAuth());
    onStorageChange((key) => {
      if (key === SESSION) void this.refresh();
    });
    // A user signs in on another page and comes back.
    addEventListener("focus", () => {
      if (this.auth.value.status === "out" || this.expiry.expiringAt.value !== undefined) void this.refresh();
    });
    void this.refresh();
  }

  /** The name that the user chose, without `guest-`. */
  get name(): string | undefined {
    return this.#name;
  }

  /** Takes over the name that the user chooses in another tab. */
  syncNameAcrossTabs(): void {
    onStorageChange((key) => {
      if (key !== NAME) return;
      this.#name = storedName();
      this.#changed();
    });
  }

  /** Asks the server for the session. @returns whether it answered; without an answer the page asks again later */
  refresh(): Promise<boolean> {
    if (this.#refreshing === undefined) {
      this.#refreshing = this.#fetch().finally(() => {
        this.#refreshing = undefined;
      });
      return this.#refreshing;
    }
    // The request that is under way may have left before the user signed in.
    this.#refreshingAgain ??= this.#refreshing.then(() => {
      this.#refreshingAgain = undefined;
      return this.refresh();
    });
    return this.#refreshingAgain;
  }

  /** @param name as `readUserName` returns it */
  setName(name: string): void {
    writeStorage(NAME, name);
    this.#name = name;
    this.#changed();
  }

  /** Until the user signs in. */
  continueAsGuest(name: string): void {
    writeStorage(AS_GUEST, "yes");
    this.setName(name);
  }

  async #fetch(): Promise<boolean> {
    this.#retry.stop();
    const answer = await fetchSession();
    if (answer === undefined) {
      this.#retry.schedule();
      return false;
    }
    this.#retry.reset();
    this.#store(answer.session);
    const { session, left } = answer;
    this.#session = session;
    if (session.status !== "out") this.wasSignedIn = true;
    const isRenewed = this.expiry.update(session.status === "user" ? session.expires : undefined, left);
    const next = this.#currentAuth();
    // Before the change is published: its subscribers join rooms by what is permitted.
    if (next.status === "in" && !isSame(next, this.auth.value)) this.permissions.reset();
    this.#changed(next);
    if (isRenewed) {
      this.permissions.refresh();
      this.renewals.set(this.renewals.value + 1);
    }
    return true;
  }

  #store(session: Session): void {
    // A user who has signed in does not become a guest when the token ends.
    if (session.status === "user") writeStorage(AS_GUEST, undefined);
    if (session.status !== "out")
      writeStorage(LAST_USER, session.status === "user" ? session.user : undefined);
    const stored = session.status === "open" ? undefined : JSON.stringify(session);
    if (stored !== readStorage(SESSION)) writeStorage(SESSION, stored);
  }

  #changed(next = this.#currentAuth()): void {
    if (!isSame(next, this.auth.value)) this.auth.set(next);
  }

  #currentAuth(): AuthState {
    const session = this.#session;
    const name = this.#name;
    if (session.status === "user")
      return { status: "in", user: { kind: "user", name: session.user, signIn: session.signIn } };
    if (session.status === "open") return { status: "in", user: { kind: "open", name } };
    if (session.guests && name !== undefined && readStorage(AS_GUEST) !== undefined) {
      const { signIn } = session;
      return { status: "in", user: { kind: "guest", name: guestName(name), signIn } };
    }
    return { ...session, lastUser: readStorage(LAST_USER) };
  }
}

function isSame(one: AuthState, other: AuthState): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The name that the server gives to a guest (SPEC AUTH-7). */
export function guestName(name: string): string {
  return name.startsWith(GUEST) ? name : GUEST + [...name].slice(0, LONGEST_GUEST).join("");
}

function storedName(): string | undefined {
  const result = readUserName(readStorage(NAME) ?? "");
  return result.ok ? result.name : undefined;
}

function storedSession(): Session {
  const stored = readStorageJson(SESSION, (value) => {
    const isUser = typeof value === "object" && value !== null && "user" in value;
    return readSession(isUser ? 200 : 401, value);
  });
  return stored ?? { status: "open" };
}
