import { onStorageChange, readStorage, readStorageJson, writeStorage } from "../state/local-storage.ts";
import { Retry } from "../state/retry.ts";
import { Store } from "../state/store.ts";
import { Permissions } from "./permissions.ts";
import { fetchSession, readSession, type Session, type SignedOut } from "./session.ts";
import { SessionEnd } from "./session-end.ts";
import { LONGEST_USER, readUserName } from "./user-name.ts";

export type Who =
  /** Where nobody proves who they are: the name that was picked, if one was. */
  | { readonly kind: "open"; readonly name: string | undefined }
  /** The name as the others see it, with `guest-` before it. */
  | { readonly kind: "guest"; readonly name: string; readonly signIn: string | undefined }
  | { readonly kind: "user"; readonly name: string; readonly signIn: string | undefined };

export type Standing =
  | { readonly status: "in"; readonly who: Who }
  /** `was`: the user that one was here before. */
  | (SignedOut & { readonly was: string | undefined });

const GUEST = "guest-";
/** Characters that are left of a guest's name. */
export const LONGEST_GUEST = LONGEST_USER - GUEST.length;

const NAME = "chat.name";
const SESSION = "chat.session";
const WAS = "chat.was";
const AS_GUEST = "chat.guest";
/** Until the server is asked again, where it did not say. */
const BACKOFF = { min: 500, max: 30_000 };

/**
 * Who one is here. The page begins with what was so last time, and it is put right once the server has said what it
 * takes this browser for; so nothing waits for an answer.
 */
export class Identity {
  readonly standing: Store<Standing>;
  readonly permissions = new Permissions(() => void this.ask());
  /** So often a user's session was followed by a later one: what came with the old one should come again. */
  readonly renewals = new Store(0);
  /** The server has let one in since the page was opened. */
  hasBeenIn = false;
  readonly end = new SessionEnd(() => void this.ask());
  #session: Session;
  #name = recallName();
  #asking: Promise<boolean> | undefined;
  #askingAgain: Promise<boolean> | undefined;
  readonly #retry = new Retry(() => void this.ask(), BACKOFF);

  constructor() {
    this.#session = recallSession();
    this.standing = new Store(this.#look());
    onStorageChange((key) => {
      if (key === SESSION) void this.ask();
    });
    // Whoever signs in does it elsewhere, and comes back.
    addEventListener("focus", () => {
      if (this.standing.value.status === "out" || this.end.near.value !== undefined) void this.ask();
    });
    void this.ask();
  }

  /** The name that was picked; without `guest-`. */
  get name(): string | undefined {
    return this.#name;
  }

  /** Goes by the name that is picked in another tab as well. */
  followName(): void {
    onStorageChange((key) => {
      if (key !== NAME) return;
      this.#name = recallName();
      this.#changed();
    });
  }

  /** Asks the server. @returns whether it has said; where it has not, it is asked again by and by */
  ask(): Promise<boolean> {
    if (this.#asking === undefined) {
      this.#asking = this.#ask().finally(() => {
        this.#asking = undefined;
      });
      return this.#asking;
    }
    // The question that is under way may have left before somebody signed in.
    this.#askingAgain ??= this.#asking.then(() => {
      this.#askingAgain = undefined;
      return this.ask();
    });
    return this.#askingAgain;
  }

  /** @param name as `readUserName` gives it */
  pick(name: string): void {
    writeStorage(NAME, name);
    this.#name = name;
    this.#changed();
  }

  /** Until one signs in. */
  goOnAsGuest(name: string): void {
    writeStorage(AS_GUEST, "yes");
    this.pick(name);
  }

  async #ask(): Promise<boolean> {
    this.#retry.stop();
    const answer = await fetchSession();
    if (answer === undefined) {
      this.#retry.later();
      return false;
    }
    this.#retry.reset();
    const { session, left } = answer;
    // Whoever has signed in is not made a guest by the end of a token.
    if (session.status === "user") writeStorage(AS_GUEST, undefined);
    writeStorage(
      WAS,
      session.status === "user" ? session.user : session.status === "out" ? readStorage(WAS) : undefined,
    );
    const kept = session.status === "open" ? undefined : JSON.stringify(session);
    if (kept !== readStorage(SESSION)) writeStorage(SESSION, kept);
    this.#session = session;
    if (session.status !== "out") this.hasBeenIn = true;
    const isLater = this.end.heard(session.status === "user" ? session.expires : undefined, left);
    const next = this.#look();
    // First: whoever is told of the change below joins rooms by what is permitted.
    if (next.status === "in" && !isSame(next, this.standing.value)) this.permissions.forget();
    this.#changed(next);
    if (isLater) {
      this.permissions.renew();
      this.renewals.set(this.renewals.value + 1);
    }
    return true;
  }

  #changed(next = this.#look()): void {
    if (!isSame(next, this.standing.value)) this.standing.set(next);
  }

  #look(): Standing {
    const session = this.#session;
    const name = this.#name;
    if (session.status === "user")
      return { status: "in", who: { kind: "user", name: session.user, signIn: session.signIn } };
    if (session.status === "open") return { status: "in", who: { kind: "open", name } };
    if (session.guests && name !== undefined && readStorage(AS_GUEST) !== undefined) {
      const { signIn } = session;
      return { status: "in", who: { kind: "guest", name: guestName(name), signIn } };
    }
    return { ...session, was: readStorage(WAS) };
  }
}

function isSame(one: Standing, other: Standing): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** As the server has it (SPEC AUTH-7). */
export function guestName(name: string): string {
  return name.startsWith(GUEST) ? name : GUEST + [...name].slice(0, LONGEST_GUEST).join("");
}

function recallName(): string | undefined {
  const known = readUserName(readStorage(NAME) ?? "");
  return known.ok ? known.name : undefined;
}

function recallSession(): Session {
  const kept = readStorageJson(SESSION, (value) => {
    const isUser = typeof value === "object" && value !== null && "user" in value;
    return readSession(isUser ? 200 : 401, value);
  });
  return kept ?? { status: "open" };
}
