import type { Refusal } from "@fanfare/protocol";
import type { Permission } from "../config/permission.ts";
import type { Identity, Proof } from "./identity.ts";

/** The hub's arguments that a test can replace. */

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
  /** A short digest of `text`, 12 characters of the same alphabet; `text` cannot be computed from it. */
  digest(text: string): string;
}

/** Why a socket is not read: the hub's flow control; the token of `hello` is being verified; the client does not read its replies. */
export type BlockReason = "hub" | "hello" | "replies";

/** One client's socket, as far as the hub needs it. Every call on a closed socket does nothing. */
export interface ClientSocket {
  send(frame: string): void;
  sendBinary(frame: Uint8Array): void;
  /** Bytes accepted by `send` or a broadcast that the client has not taken yet. */
  readonly buffered: number;
  close(code: number, reason: string): void;
  /** Stops reading from the client until no reason is left; what it sends meanwhile waits in its own socket. */
  block(reason: BlockReason): void;
  unblock(reason: BlockReason): void;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Counts the cost of a request beyond its frame towards the client's rates. Left out where rates are off. */
  charge?(what: Charge, amount: number): void;
  /** The connection's user is known. @param proven by a token; two guests may have the same name */
  named?(user: string, proven: boolean): void;
}

/** Requests of a batch after its first; rooms that did not exist before; messages of the log that a filter hides. */
export type Charge = "requests" | "rooms" | "scanned";

/** Sends one frame to every socket subscribed to `topic`, in order with the frames that are sent to each socket alone. */
export interface Broadcast {
  publish(topic: string, frame: string): void;
}

/** Who sends a request, by its token. */
export type Caller =
  /** Without a token. */
  | { readonly kind: "guest" }
  | { readonly kind: "user"; readonly user: string; readonly proof: Proof }
  /** With a token that is not accepted. */
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Verifies tokens. */
export interface Authenticator {
  /** Never rejects. */
  verify(token: string): Promise<Exclude<Caller, { readonly kind: "guest" }>>;
  /** Whether a verified token has been revoked since. */
  revoked(user: string, proof: Proof): boolean;
}

/** Records every refusal in the audit log (SPEC AUTH-10). */
export interface Audit {
  denied(identity: Identity, permission: Permission, room: string): void;
  /** A token of `hello`, `refresh` or an HTTP request is not accepted. */
  tokenRefused(op: "hello" | "refresh" | "http", refusal: Refusal): void;
}
