/** The session of this browser, as `GET /api/session` answers (SPEC HTTP-8). */
export type Session =
  /** The server has no tokens: users are not verified. */
  { readonly status: "open" } | SignedIn | SignedOut;

export interface SignedIn {
  readonly status: "user";
  readonly user: string;
  /** When the session ends, by the server's clock, ms. */
  readonly expires: number;
  /** The address of the login, where there is one. */
  readonly signIn: string | undefined;
}

export interface SignedOut {
  readonly status: "out";
  /** Why the server refuses the token, in a sentence; undefined where there is no token. */
  readonly error: string | undefined;
  readonly guests: boolean;
  /** The address of the login, where there is one. */
  readonly signIn: string | undefined;
}

/** Ms after which the page gives up a request. */
const TIMEOUT = 10_000;
const NO_TOKEN = "There is no token.";

export interface Answer {
  readonly session: Session;
  /** Ms until the session ends; 0 where it has no end. */
  readonly left: number;
}

/** @returns undefined if the server is away or cannot check tokens (503) */
export async function fetchSession(): Promise<Answer | undefined> {
  try {
    const response = await fetch("/api/session", {
      signal: AbortSignal.timeout(TIMEOUT),
      cache: "no-store",
    });
    const body: unknown = await response.json();
    const session = readSession(response.status, body);
    if (session?.status !== "user") return session && { session, left: 0 };
    const { time } = body as Readonly<Record<string, unknown>>;
    return { session, left: session.expires - (typeof time === "number" ? time : Date.now()) };
  } catch {
    return undefined;
  }
}

/** @param body as the server sent it, or as it was stored */
export function readSession(status: number, body: unknown): Session | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { user, expires, error, guests, signIn: login } = body as Readonly<Record<string, unknown>>;
  const signIn = typeof login === "string" && /^https?:\/\//.test(login) ? login : undefined;
  if (status === 200) {
    if (user === null) return { status: "open" };
    if (typeof user !== "string" || typeof expires !== "number") return undefined;
    return { status: "user", user, expires, signIn };
  }
  if (status !== 401) return undefined;
  return {
    status: "out",
    error: typeof error === "string" && error !== NO_TOKEN ? error : undefined,
    guests: guests === true,
    signIn,
  };
}
