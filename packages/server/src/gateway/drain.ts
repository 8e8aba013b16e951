import { CLOSE } from "@fanfare/protocol";
import type { Clock } from "../hub/ports.ts";

/** Ms between two groups of closes. */
const STEP = 50;
/** Closing takes this many ms per connection, up to a maximum for all. */
const PER_CONNECTION = 2;
const LONGEST = 3_000;
/** A client reconnects at a random time within so many ms; the time grows with the number of clients. */
const RECONNECT = { least: 1_000, most: 10_000 };
/** Ms that all groups together wait for commits, and for clients to read what waits for them. */
const LONGEST_WAIT = 1_500;

/** A connection that the server closes because it stops. */
export interface Drainable {
  /** Bytes that the client has not taken yet; 0 once it is closed. */
  readonly buffered: number;
  /** Asks the client, if its protocol can, to reconnect `delay` ms after the close. */
  announceClose(delay: number): void;
  /** From now on drops what the client sends. */
  stopReceiving(): void;
  close(code: number, reason: string): void;
}

export interface DrainOptions {
  readonly clock: Clock;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  /** Resolves once every request received so far has been committed or refused, and answered. */
  readonly settled: () => Promise<void>;
  /** Ms for frames to arrive: before the first close those of the clients, after the last those of the server. */
  readonly grace: number;
}

/** @returns after how many ms, at most, a client that was disconnected should be back */
export function reconnectWithin(connections: number): number {
  return Math.min(RECONNECT.most, Math.max(RECONNECT.least, connections));
}

/**
 * Closes all connections in groups, so that no client loses an acknowledgement and they do not all reconnect at once
 * (SPEC STOP-1, STOP-2). Ends within 6 s whatever clients and engine do.
 */
export async function drain(connections: readonly Drainable[], options: DrainOptions): Promise<void> {
  if (connections.length === 0) return;
  const { clock, random, settled, grace } = options;
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const within = reconnectWithin(connections.length);
  for (const each of connections) each.announceClose(Math.floor(random() * within));
  await sleep(grace);

  const steps = Math.max(1, Math.ceil(Math.min(LONGEST, connections.length * PER_CONNECTION) / STEP));
  const perStep = Math.ceil(connections.length / steps);
  let waitLeft = LONGEST_WAIT;
  for (let at = 0; at < connections.length; at += perStep) {
    const group = connections.slice(at, at + perStep);
    for (const each of group) each.stopReceiving();
    const began = clock.now();
    await Promise.race([settled(), sleep(waitLeft)]);
    // After the close the server no longer knows whether a client has read everything.
    while (group.some(({ buffered }) => buffered > 0) && clock.now() - began < waitLeft) await sleep(STEP);
    waitLeft = Math.max(0, waitLeft - (clock.now() - began));
    for (const each of group) each.close(CLOSE.goingAway.code, CLOSE.goingAway.reason);
    if (at + perStep < connections.length) await sleep(STEP);
  }
  await sleep(grace);
}
