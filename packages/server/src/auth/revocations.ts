import { readFileSync } from "node:fs";
import { replaceFile } from "../files/durable-file.ts";
import type { Remembered } from "../hub/administration.ts";
import type { Proof } from "../hub/identity.ts";
import { AuthError } from "./auth-error.ts";

export type Revoked = "user" | "token";
type RevocationRow = readonly [kind: Revoked, name: string, until: number];

/** All revocations are kept in memory and written with each change, so their number is bounded. */
const MOST = 10_000;
/** Ms after which a file that could not be written is tried again. */
const RETRY = 5_000;

function retryLater(retry: () => void): void {
  setTimeout(retry, RETRY).unref();
}

/** Users and tokens that are refused until a time (SPEC AUTH-9). */
export class Revocations {
  readonly #until: Readonly<Record<Revoked, Map<string, number>>> = { user: new Map(), token: new Map() };

  #isUnwritten = false;
  #isWaiting = false;

  /**
   * @param file keeps them over a restart; without it they are in memory alone
   * @param later runs a retry after a while
   * @throws {AuthError}
   */
  constructor(
    private readonly now: () => number,
    private readonly file?: string,
    private readonly later: (retry: () => void) => void = retryLater,
  ) {
    for (const [kind, name, until] of file === undefined ? [] : read(file))
      this.#until[kind].set(name, until);
  }

  covers(user: string, { token }: Proof): boolean {
    const now = this.now();
    return (this.#until.user.get(user) ?? 0) > now || (this.#until.token.get(token) ?? 0) > now;
  }

  /** Replaces an earlier revocation of the name; a time in the past ends it. It holds at once, unless there are too many. */
  add(kind: Revoked, name: string, until: number): Remembered {
    const { user, token } = this.#until;
    if (user.size + token.size >= MOST && this.#entries().length >= MOST) return "full";
    this.#until[kind].set(name, until);
    return this.#write() ? "kept" : "unwritten";
  }

  /** The revocations that have not ended; the others are deleted. */
  #entries(): RevocationRow[] {
    const now = this.now();
    return (["user", "token"] as const).flatMap((kind) =>
      [...this.#until[kind]].flatMap(([name, until]): RevocationRow[] => {
        if (until > now) return [[kind, name, until]];
        this.#until[kind].delete(name);
        return [];
      }),
    );
  }

  /** @returns whether the file has what memory has; if not, it is tried again later */
  #write(): boolean {
    if (this.file === undefined) return true;
    try {
      replaceFile(this.file, JSON.stringify(this.#entries()));
      this.#isUnwritten = false;
      return true;
    } catch {
      this.#isUnwritten = true;
      this.#writeLater();
      return false;
    }
  }

  #writeLater(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.later(() => {
      this.#isWaiting = false;
      if (this.#isUnwritten) this.#write();
    });
  }
}

function read(file: string): RevocationRow[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new AuthError(`${file} cannot be read, so it is not known who was revoked; mend it`);
  }
  try {
    const entries: unknown = JSON.parse(text);
    if (Array.isArray(entries) && entries.every(isEntry)) return entries;
  } catch {
    // Reported below.
  }
  throw new AuthError(`${file} is damaged, so it is not known who was revoked; mend it, or remove it`);
}

function isEntry(value: unknown): value is RevocationRow {
  if (!Array.isArray(value)) return false;
  const [kind, name, until] = value;
  return (kind === "user" || kind === "token") && typeof name === "string" && typeof until === "number";
}
