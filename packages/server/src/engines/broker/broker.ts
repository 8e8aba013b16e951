/**
 * The in-process broker, which engines that live in one process share: it takes the requests of all nodes in one
 * order, commits their appends together, and then notifies every node of what happened, in that order.
 *
 * Pure: the clock is passed in, and the caller decides when a step is made.
 */
import {
  type Append,
  type Change,
  EngineError,
  type EngineHealth,
  type Outcome,
  type StoredMessage,
} from "../engine.ts";
import type { NodeChannel } from "./node-channel.ts";
import type { NodeRequest, RequestBatch } from "./node-request.ts";
import { NodeSession } from "./node-session.ts";
import { PresenceTable } from "./presence-table.ts";
import type { RoomLogs } from "./room-logs.ts";
import { Subscriptions } from "./subscriptions.ts";

/** The broker drops a node after so many leases of silence, so that what waits for it does not grow without a bound. */
const LEASES_UNTIL_DROPPED = 15;

export class Broker {
  readonly #logs: RoomLogs;
  readonly #leaseMs: number;
  readonly #subscriptions = new Subscriptions();
  readonly #presence = new PresenceTable();
  readonly #sessions = new Set<NodeSession>();
  /** Tails that could not begin because the log could not be read. */
  #pendingTails: { readonly session: NodeSession; readonly room: string }[] = [];
  #health: EngineHealth = { ok: true };

  constructor(logs: RoomLogs, options: { readonly leaseMs: number }) {
    this.#logs = logs;
    this.#leaseMs = options.leaseMs;
  }

  get sessions(): ReadonlySet<NodeSession> {
    return this.#sessions;
  }

  get health(): EngineHealth {
    return this.#health;
  }

  connect(channel: NodeChannel, now: number): NodeSession {
    const session = new NodeSession(channel, now);
    this.#sessions.add(session);
    if (!this.#health.ok) channel.health(this.#health);
    return session;
  }

  /** The node is alive. Attendees that were suspended with its lease come back. */
  renewLease(session: NodeSession, now: number): void {
    session.renewedAt = now;
    const { suspended } = session;
    session.suspended = undefined;
    for (const { room, attendee } of suspended ?? []) this.#enter(session, room, attendee);
  }

  /** One step: a commit, then the notifications. */
  process(batches: readonly RequestBatch[], now: number): void {
    for (const { session } of batches) this.renewLease(session, now);
    const appends: Append[] = [];
    let tailing = false;
    for (const { requests } of batches) {
      for (const request of requests) {
        if (request.kind === "append") appends.push(request);
        else if (request.kind === "tail") tailing = true;
      }
    }
    const outcomes = this.#commit(appends);
    // The log already has all appends of this step; a tail in the middle must not see those behind it.
    const heads = tailing ? headsBefore(appends, outcomes) : undefined;
    this.#notify(batches, outcomes, heads);
    this.flush();
  }

  /** Removes the attendees of nodes that were silent for the lease (SPEC PRES-3). */
  expire(now: number): void {
    for (const session of [...this.#sessions]) {
      const silence = now - session.renewedAt;
      if (silence >= this.#leaseMs) session.suspended ??= this.#removeAttendees(session);
      if (silence >= this.#leaseMs * LEASES_UNTIL_DROPPED) this.drop(session);
    }
    this.flush();
  }

  /** Tries again to begin the tails that failed. */
  retryTails(): void {
    const pending = this.#pendingTails;
    this.#pendingTails = [];
    for (const { session, room } of pending) this.#open(session, room);
    this.flush();
  }

  /** Forgets a node that has gone. */
  drop(session: NodeSession): void {
    if (!this.#sessions.delete(session)) return;
    this.#subscriptions.removeAll(session);
    this.#pendingTails = this.#pendingTails.filter((tail) => tail.session !== session);
    this.#removeAttendees(session);
    this.flush();
    session.channel.dropped();
  }

  /** Reports the health to every node if it has changed. */
  report(health: EngineHealth): void {
    const changed = health.ok !== this.#health.ok;
    this.#health = health;
    if (!changed) return;
    for (const { channel } of this.#sessions) channel.health(health);
  }

  flush(): void {
    for (const { channel } of this.#sessions) channel.flush();
  }

  #commit(appends: readonly Append[]): Outcome[] {
    if (appends.length === 0) return [];
    try {
      const outcomes = this.#logs.commit(appends);
      this.report({ ok: true });
      return outcomes;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.report({ ok: false, reason: error.message });
      const outcome: Outcome = { kind: "unavailable", reason: error.message };
      return appends.map(() => outcome);
    }
  }

  #notify(
    batches: readonly RequestBatch[],
    outcomes: readonly Outcome[],
    heads: Map<string, number> | undefined,
  ) {
    let next = 0;
    for (const { session, requests } of batches) {
      for (const request of requests) {
        if (request.kind !== "append") {
          this.#apply(session, request, heads);
          continue;
        }
        const outcome = outcomes[next++];
        if (outcome === undefined) throw new Error("an append was left without an outcome");
        const subscribers = this.#subscriptions.subscribers(request.room);
        session.channel.outcome(request, outcome, subscribers.has(session));
        if (outcome.kind !== "kept" || outcome.duplicate) continue;
        heads?.set(request.room, outcome.offset);
        if (subscribers.size > 1 || !subscribers.has(session)) {
          this.#deliverToOthers(subscribers, session, request, outcome.offset);
        }
      }
    }
  }

  #deliverToOthers(
    subscribers: ReadonlySet<NodeSession>,
    own: NodeSession,
    append: Append,
    offset: number,
  ): void {
    const { id, type, from, at, data } = append;
    const message: StoredMessage = { offset, id, type, from, at, data };
    for (const session of subscribers) if (session !== own) session.channel.message(append.room, message);
  }

  #apply(
    session: NodeSession,
    request: Exclude<NodeRequest, Append>,
    heads: Map<string, number> | undefined,
  ): void {
    switch (request.kind) {
      case "enter":
        this.#enter(session, request.room, request.attendee);
        break;
      case "leave":
        if (this.#presence.leave(session, request.room, request.key)) {
          this.#change({ kind: "left", room: request.room, key: request.key });
        }
        break;
      case "relay":
        for (const subscriber of this.#subscriptions.subscribers(request.room)) {
          subscriber.channel.change({ kind: "event", room: request.room, event: request.event });
        }
        break;
      case "tail":
        this.#open(session, request.room, heads?.get(request.room));
        break;
      case "untail":
        this.#subscriptions.untail(session, request.room);
        this.#pendingTails = this.#pendingTails.filter(
          (tail) => tail.session !== session || tail.room !== request.room,
        );
        break;
      case "watch":
        this.#subscriptions.watch(session, request.pattern);
        session.channel.watching(request.pattern);
        break;
      case "unwatch":
        this.#subscriptions.unwatch(session, request.pattern);
        break;
      case "settle":
        session.channel.settled();
        break;
      case "disconnect":
        session.channel.disconnected();
        session.channel.flush();
        this.drop(session);
        break;
    }
  }

  /** @param head where the room's log ends at this place of the step, if not where it ends after it. */
  #open(session: NodeSession, room: string, head?: number): void {
    try {
      const position = this.#logs.position(room);
      const attendees = this.#presence.attendees(room);
      session.channel.opened(room, { epoch: position.epoch, head: head ?? position.head, attendees });
      this.#subscriptions.tail(session, room);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      // A fault of this room alone, which another try does not mend.
      if (error.kind === "damaged") {
        session.channel.refused(room, error);
        return;
      }
      this.#pendingTails.push({ session, room });
      this.report({ ok: false, reason: error.message });
    }
  }

  #enter(
    session: NodeSession,
    room: string,
    attendee: Extract<Change, { kind: "entered" }>["attendee"],
  ): void {
    this.#presence.enter(session, room, attendee);
    this.#change({ kind: "entered", room, attendee });
  }

  #removeAttendees(session: NodeSession) {
    const entries = this.#presence.removeAll(session);
    for (const { room, attendee } of entries) this.#change({ kind: "left", room, key: attendee.key });
    return entries;
  }

  #change(change: Extract<Change, { kind: "entered" | "left" }>): void {
    for (const session of this.#subscriptions.tailing(change.room)) session.channel.change(change);
  }
}

/** For each room that grew in this step: where its log ended before. */
function headsBefore(appends: readonly Append[], outcomes: readonly Outcome[]): Map<string, number> {
  const heads = new Map<string, number>();
  for (const [i, outcome] of outcomes.entries()) {
    const room = appends[i]?.room;
    if (room === undefined || outcome.kind !== "kept" || outcome.duplicate || heads.has(room)) continue;
    heads.set(room, outcome.offset - 1);
  }
  return heads;
}
