import type { Refusal } from "@fanfare/protocol";
import type { Permission } from "../config/permission.ts";
import type { Identity, Proof } from "./identity.ts";

/** What the hub is handed from outside, so that a test can hand it something else. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  after(ms: number, run: () => void): Timer;
  /** Runs once this turn's input has all been taken in: what arrived together is handled together. */
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
  /** Something was asked for that costs more than its frame tells. Left out: nobody counts. */
  charge?(what: Charge, amount: number): void;
  /** @param proven whether the name is theirs alone; what a guest is called, another may be as well */
  named?(user: string, proven: boolean): void;
}

/** Requests of a batch beside its first; rooms that were not there before. */
export type Charge = "requests" | "rooms";

/** Sends one frame to every socket subscribed to `topic`, in order with what is sent to each of them alone. */
export interface Broadcast {
  publish(topic: string, frame: string): void;
}

/** Who asks, as far as a token says. */
export type Caller =
  /** Came without one. */
  | { readonly kind: "guest" }
  | { readonly kind: "user"; readonly user: string; readonly proof: Proof }
  /** Came with one that is not taken. */
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Tells whose a token is. */
export interface Authenticator {
  /** Never rejects. */
  verify(token: string): Promise<Exclude<Caller, { readonly kind: "guest" }>>;
  /** Whether what was verified before has been revoked since. */
  revoked(user: string, proof: Proof): boolean;
}

/** What is refused is told, so that it can be looked into later. */
export interface Audit {
  denied(identity: Identity, permission: Permission, room: string): void;
  /** A token that was said on a connection, or came with a request, is not taken. */
  tokenRefused(op: "hello" | "refresh" | "http", refusal: Refusal): void;
}
