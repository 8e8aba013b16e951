import { type Refusal, refuse } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";
import type { FlowControl } from "./flow-control.ts";
import type { Identity, Proof } from "./identity.ts";
import type { ClientSocket } from "./ports.ts";
import type { TokenExpiry } from "./token-expiry.ts";

/** Earlier tokens that a connection remembers: a revocation refuses them, too, so that the client cannot come back with one. */
const REMEMBERED = 64;

const NONE: ReadonlySet<string> = new Set();

/** One client of this node: who it is, and the rooms and patterns that it has joined. */
export class Connection {
  #identity: Identity;
  /** Tokens that it had before the present one, the newest last. */
  #spent: readonly Proof[] = [];
  readonly #rooms = new Set<string>();
  /** Most connections have none. */
  #patterns: Set<string> | undefined;
  #closed = false;

  /** @param expiry of its token; a guest has none */
  constructor(
    readonly id: string,
    identity: Identity,
    readonly socket: ClientSocket,
    readonly flow: FlowControl,
    private readonly limits: Pick<Limits, "roomsPerConnection" | "patternsPerConnection">,
    private readonly expiry?: TokenExpiry,
  ) {
    this.#identity = identity;
    if (identity.proof !== undefined) expiry?.set(identity.proof.expires);
  }

  get identity(): Identity {
    return this.#identity;
  }

  get user(): string {
    return this.#identity.user;
  }

  /** The name under which its reads take turns. Connections of one user share it where a token proves the user. */
  get reader(): string {
    const { user, proof } = this.#identity;
    return proof === undefined ? this.id : `user ${user}`;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Names of the rooms that it has joined. */
  get rooms(): ReadonlySet<string> {
    return this.#rooms;
  }

  /** Patterns that it has joined. */
  get patterns(): ReadonlySet<string> {
    return this.#patterns ?? NONE;
  }

  joined(room: string): void {
    this.#rooms.add(room);
  }

  left(room: string): void {
    this.#rooms.delete(room);
  }

  joinedPattern(pattern: string): void {
    this.#patterns ??= new Set();
    this.#patterns.add(pattern);
  }

  leftPattern(pattern: string): void {
    this.#patterns?.delete(pattern);
  }

  /** Why it may join no more rooms; patterns count as rooms. */
  roomLimit(): Refusal | undefined {
    const { roomsPerConnection } = this.limits;
    return this.rooms.size + this.patterns.size < roomsPerConnection
      ? undefined
      : refuse("too_many_rooms", `A connection may be in ${roomsPerConnection} rooms.`);
  }

  /** Why it may join no more patterns. */
  patternLimit(): Refusal | undefined {
    const { patternsPerConnection } = this.limits;
    return this.patterns.size < patternsPerConnection
      ? undefined
      : refuse("too_many_rooms", `A connection may listen to ${patternsPerConnection} patterns.`);
  }

  /** @param publisher the secret id of the outbox that numbers the publishes from now on */
  publishAs(publisher: string): void {
    this.#identity = { ...this.#identity, publisher };
  }

  /** @param now tokens that have expired by then are forgotten */
  renew(proof: Proof, now: number): void {
    const { proof: before } = this.#identity;
    const spent = before === undefined ? this.#spent : [...this.#spent, before];
    this.#spent = spent.filter(({ expires }) => expires > now).slice(-REMEMBERED);
    this.#identity = { ...this.#identity, proof };
    this.expiry?.set(proof.expires);
  }

  /** Called before each operation: closes the connection if its token has expired. @returns whether it has */
  hasExpired(): boolean {
    return this.expiry?.check() ?? false;
  }

  /** Names of its present token and of earlier ones. */
  tokens(): string[] {
    const { proof } = this.#identity;
    return [...this.#spent, ...(proof === undefined ? [] : [proof])].map(({ token }) => token);
  }

  /** @returns whether it was open */
  close(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    this.expiry?.cancel();
    this.flow.close();
    return true;
  }
}
