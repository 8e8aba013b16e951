import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Proof } from "../hub/identity.ts";
import { AuthError } from "./auth-error.ts";

export type Revoked = "user" | "token";
type RevocationRow = readonly [kind: Revoked, name: string, until: number];

/** All revocations are kept in memory and written with each change, so their number is bounded. */
const MOST = 10_000;

/** Users and tokens that are refused until a time (SPEC AUTH-9). */
export class Revocations {
  readonly #until: Readonly<Record<Revoked, Map<string, number>>> = { user: new Map(), token: new Map() };

  /** @param file keeps them over a restart; without it they are in memory alone @throws {AuthError} */
  constructor(
    private readonly now: () => number,
    private readonly file?: string,
  ) {
    for (const [kind, name, until] of file === undefined ? [] : read(file))
      this.#until[kind].set(name, until);
  }

  covers(user: string, { token }: Proof): boolean {
    const now = this.now();
    return (this.#until.user.get(user) ?? 0) > now || (this.#until.token.get(token) ?? 0) > now;
  }

  /** Replaces an earlier revocation of the name; a time in the past ends it. @returns whether there was room for it */
  add(kind: Revoked, name: string, until: number): boolean {
    const { user, token } = this.#until;
    if (user.size + token.size >= MOST && this.#entries().length >= MOST) return false;
    this.#until[kind].set(name, until);
    this.#write();
    return true;
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

  #write(): void {
    if (this.file === undefined) return;
    const fresh = `${this.file}.new`;
    const descriptor = openSync(fresh, "w", 0o600);
    try {
      // All of it or an error: `writeSync` may write less where a disk is full.
      writeFileSync(descriptor, JSON.stringify(this.#entries()));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(fresh, this.file);
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
