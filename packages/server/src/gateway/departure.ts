import { CLOSE } from "@fanfare/protocol";
import type { Clock } from "../hub/ports.ts";

/** Closes come in steps of so many ms. */
const STEP = 50;
/** How long the closes of all connections take: so many ms for each, and no more than that in all. */
const PER_CONNECTION = 2;
const LONGEST = 3_000;
/** A client comes back at any time between now and so many ms, by how many there are. */
const RETURN = { least: 1_000, most: 10_000 };
/** How long they wait in all for what is being committed, and for clients that take what waits for them. */
const PATIENCE = 1_500;

/** A connection that is to go. */
export interface Departing {
  /** Bytes that the client has not taken yet; 0 once it is closed. */
  readonly buffered: number;
  /** Tells the client, if its protocol can, to come back after `delay` ms once it is closed. */
  announce(delay: number): void;
  /** What it says from now on is passed over. */
  leave(): void;
  close(code: number, reason: string): void;
}

export interface DepartureOptions {
  readonly clock: Clock;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  /** Resolves once everything that was taken in has been committed or refused, and its sender been told. */
  readonly settled: () => Promise<void>;
  /** What travels gets so many ms to arrive: before the first close what the clients have sent, after the last what we have. */
  readonly grace: number;
}

/** How long whoever was sent away should wait, in ms, at most. */
export function returnWithin(connections: number): number {
  return Math.min(RETURN.most, Math.max(RETURN.least, connections));
}

/**
 * Sends everyone away, so that they neither lose an acknowledgement nor all come back at once (SPEC STOP-1, STOP-2).
 * Ends within 6 s whatever clients and engine do.
 */
export async function depart(everyone: readonly Departing[], options: DepartureOptions): Promise<void> {
  if (everyone.length === 0) return;
  const { clock, random, settled, grace } = options;
  const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const within = returnWithin(everyone.length);
  for (const each of everyone) each.announce(Math.floor(random() * within));
  await pause(grace);

  const steps = Math.max(1, Math.ceil(Math.min(LONGEST, everyone.length * PER_CONNECTION) / STEP));
  const perStep = Math.ceil(everyone.length / steps);
  let patience = PATIENCE;
  for (let at = 0; at < everyone.length; at += perStep) {
    const group = everyone.slice(at, at + perStep);
    for (const each of group) each.leave();
    const began = clock.now();
    await Promise.race([settled(), pause(patience)]);
    // Once closed, it is not known any more whether a client has taken all.
    while (group.some(({ buffered }) => buffered > 0) && clock.now() - began < patience) await pause(STEP);
    patience = Math.max(0, patience - (clock.now() - began));
    for (const each of group) each.close(CLOSE.goingAway.code, CLOSE.goingAway.reason);
    if (at + perStep < everyone.length) await pause(STEP);
  }
  await pause(grace);
}
