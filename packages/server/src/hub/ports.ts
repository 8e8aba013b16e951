import type { Refusal } from "@fanfare/protocol";
import type { Permission } from "../config/permission.ts";
import type { Identity, Proof } from "./identity.ts";

/** What the hub needs from outside; a test hands it something else. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  after(ms: number, run: () => void): Timer;
  /** Runs once all input of this turn has been handled, so that what arrived together is handled together. */
  soon(run: () => void): void;
}

export interface Timer {
  cancel(): void;
}

export interface Randomness {
  /** A fresh, unguessable name of 16 characters of `A-Z a-z 0-9 _ -`. */
  name(): string;
  /** A short digest of `text`, 12 characters of the same, that does not lead back to it. */
  digest(text: string): string;
}

/** Why a client is not read: flow control of the hub, a token of `hello` that is being checked, replies that it does not take. */
export type BlockReason = "hub" | "hello" | "replies";

/** One client's socket, as far as the hub needs it. Every call on a closed socket does nothing. */
export interface ClientSocket {
  send(frame: string): void;
  sendBinary(frame: Uint8Array): void;
  /** Bytes accepted by `send` or a broadcast that the client has not taken yet. */
  readonly buffered: number;
  close(code: number, reason: string): void;
  /** Stops reading from the client until no reason is left. Meanwhile the client's own socket fills. */
  block(reason: BlockReason): void;
  unblock(reason: BlockReason): void;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Charges what a request costs beside its frame. Left out where there are no rates. */
  charge?(what: Charge, amount: number): void;
  /** The connection's user is known. @param proven by a token; two guests may have the same name */
  named?(user: string, proven: boolean): void;
}

/** Requests of a batch besides its first; rooms that were not there before; messages of the log that a filter passed over. */
export type Charge = "requests" | "rooms" | "scanned";

/** Sends one frame to every socket subscribed to `topic`, in order with what is sent to each of them alone. */
export interface Broadcast {
  publish(topic: string, frame: string): void;
}

/** Who asks, as far as a token proves it. */
export type Caller =
  /** Came without one. */
  | { readonly kind: "guest" }
  | { readonly kind: "user"; readonly user: string; readonly proof: Proof }
  /** Came with one that is not accepted. */
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Verifies tokens. */
export interface Authenticator {
  /** Never rejects. */
  verify(token: string): Promise<Exclude<Caller, { readonly kind: "guest" }>>;
  /** Whether what was verified before has been revoked since. */
  revoked(user: string, proof: Proof): boolean;
}

/** Is told every refusal, for the audit log (SPEC AUTH-10). */
export interface Audit {
  denied(identity: Identity, permission: Permission, room: string): void;
  /** A token of `hello`, `refresh` or an HTTP request is not accepted. */
  tokenRefused(op: "hello" | "refresh" | "http", refusal: Refusal): void;
}
