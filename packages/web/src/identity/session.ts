/** Who this browser is to the server, as `GET /api/session` tells it (SPEC HTTP-8). */
export type Session =
  /** Nobody proves who they are here. */
  { readonly status: "open" } | { readonly status: "user"; readonly user: string } | SignedOut;

export interface SignedOut {
  readonly status: "out";
  /** Why, in a sentence; undefined where there is no token at all. */
  readonly error: string | undefined;
  readonly guests: boolean;
  /** The address of the login, where there is one. */
  readonly signIn: string | undefined;
}

/** Ms for an answer, after which there is none. */
const PATIENCE = 10_000;
const NO_TOKEN = "There is no token.";

/** @returns undefined if the server does not say now: it is away, or cannot check tokens (503) */
export async function fetchSession(): Promise<Session | undefined> {
  try {
    const response = await fetch("/api/session", {
      signal: AbortSignal.timeout(PATIENCE),
      cache: "no-store",
    });
    return readSession(response.status, await response.json());
  } catch {
    return undefined;
  }
}

/** @param body as the server sends it, or as it was kept */
export function readSession(status: number, body: unknown): Session | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { user, error, guests, signIn } = body as Readonly<Record<string, unknown>>;
  if (status === 200) {
    if (user === null) return { status: "open" };
    return typeof user === "string" ? { status: "user", user } : undefined;
  }
  if (status !== 401) return undefined;
  return {
    status: "out",
    error: typeof error === "string" && error !== NO_TOKEN ? error : undefined,
    guests: guests === true,
    signIn: typeof signIn === "string" && /^https?:\/\//.test(signIn) ? signIn : undefined,
  };
}
