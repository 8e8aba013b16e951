/**
 * What engines of one process share: takes the requests of all nodes in one order, has their appends kept
 * as one commit, and then tells every node what happened, in that order.
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
import { Attendance } from "./attendance.ts";
import { Interest } from "./interest.ts";
import type { Link } from "./link.ts";
import type { Delivery, Request } from "./request.ts";
import type { RoomLogs } from "./room-logs.ts";
import { Seat } from "./seat.ts";

/** A node that is silent this long gets no second chance: what waits for it must not grow without a bound. */
const LEASES_UNTIL_DROPPED = 15;

export class Exchange {
  readonly #logs: RoomLogs;
  readonly #leaseMs: number;
  readonly #interest = new Interest();
  readonly #attendance = new Attendance();
  readonly #seats = new Set<Seat>();
  /** Tails that could not begin because the log could not be read. */
  #unopened: { readonly seat: Seat; readonly room: string }[] = [];
  #health: EngineHealth = { ok: true };

  constructor(logs: RoomLogs, options: { readonly leaseMs: number }) {
    this.#logs = logs;
    this.#leaseMs = options.leaseMs;
  }

  get seats(): ReadonlySet<Seat> {
    return this.#seats;
  }

  get health(): EngineHealth {
    return this.#health;
  }

  join(link: Link, now: number): Seat {
    const seat = new Seat(link, now);
    this.#seats.add(seat);
    if (!this.#health.ok) link.health(this.#health);
    return seat;
  }

  /** The node is alive. One that had been given up gets its attendees back. */
  heard(seat: Seat, now: number): void {
    seat.heardAt = now;
    const { suspended } = seat;
    seat.suspended = undefined;
    for (const { room, attendee } of suspended ?? []) this.#enter(seat, room, attendee);
  }

  /** One step: a commit, then the telling. */
  carryOut(deliveries: readonly Delivery[], now: number): void {
    for (const { seat } of deliveries) this.heard(seat, now);
    const appends: Append[] = [];
    let tailing = false;
    for (const { requests } of deliveries) {
      for (const request of requests) {
        if (request.kind === "append") appends.push(request);
        else if (request.kind === "tail") tailing = true;
      }
    }
    const outcomes = this.#commit(appends);
    // The log is already at the end of this step; a tail in its middle must not see past its own place.
    const heads = tailing ? headsBefore(appends, outcomes) : undefined;
    this.#tell(deliveries, outcomes, heads);
    this.flush();
  }

  /** Takes out the attendees of nodes that were silent for the lease (SPEC PRES-3). */
  expire(now: number): void {
    for (const seat of [...this.#seats]) {
      const silence = now - seat.heardAt;
      if (silence >= this.#leaseMs) seat.suspended ??= this.#takeOut(seat);
      if (silence >= this.#leaseMs * LEASES_UNTIL_DROPPED) this.drop(seat);
    }
    this.flush();
  }

  /** Tries again to begin the tails that failed. */
  retryTails(): void {
    const unopened = this.#unopened;
    this.#unopened = [];
    for (const { seat, room } of unopened) this.#open(seat, room);
    this.flush();
  }

  /** Lets go of a node that will not be heard of again. */
  drop(seat: Seat): void {
    if (!this.#seats.delete(seat)) return;
    this.#interest.removeAll(seat);
    this.#unopened = this.#unopened.filter((tail) => tail.seat !== seat);
    this.#takeOut(seat);
    this.flush();
    seat.link.dropped();
  }

  /** Tells everyone if the health has changed. */
  report(health: EngineHealth): void {
    const changed = health.ok !== this.#health.ok;
    this.#health = health;
    if (!changed) return;
    for (const { link } of this.#seats) link.health(health);
  }

  flush(): void {
    for (const { link } of this.#seats) link.flush();
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

  #tell(
    deliveries: readonly Delivery[],
    outcomes: readonly Outcome[],
    heads: Map<string, number> | undefined,
  ) {
    let next = 0;
    for (const { seat, requests } of deliveries) {
      for (const request of requests) {
        if (request.kind !== "append") {
          this.#carryOutOne(seat, request, heads);
          continue;
        }
        const outcome = outcomes[next++];
        if (outcome === undefined) throw new Error("an append was left without an outcome");
        const seats = this.#interest.hearing(request.room);
        seat.link.answer(request, outcome, seats.has(seat));
        if (outcome.kind !== "kept" || outcome.duplicate) continue;
        heads?.set(request.room, outcome.offset);
        if (seats.size > 1 || !seats.has(seat)) this.#tellOthers(seats, seat, request, outcome.offset);
      }
    }
  }

  #tellOthers(seats: ReadonlySet<Seat>, own: Seat, append: Append, offset: number): void {
    const { id, type, from, at, data } = append;
    const message: StoredMessage = { offset, id, type, from, at, data };
    for (const seat of seats) if (seat !== own) seat.link.message(append.room, message);
  }

  #carryOutOne(seat: Seat, request: Exclude<Request, Append>, heads: Map<string, number> | undefined): void {
    switch (request.kind) {
      case "enter":
        this.#enter(seat, request.room, request.attendee);
        break;
      case "leave":
        if (this.#attendance.leave(seat, request.room, request.key)) {
          this.#change({ kind: "left", room: request.room, key: request.key });
        }
        break;
      case "relay":
        for (const hearer of this.#interest.hearing(request.room)) {
          hearer.link.change({ kind: "event", room: request.room, event: request.event });
        }
        break;
      case "tail":
        this.#open(seat, request.room, heads?.get(request.room));
        break;
      case "untail":
        this.#interest.remove(seat, request.room);
        this.#unopened = this.#unopened.filter((tail) => tail.seat !== seat || tail.room !== request.room);
        break;
      case "watch":
        this.#interest.watch(seat, request.pattern);
        seat.link.watching(request.pattern);
        break;
      case "unwatch":
        this.#interest.unwatch(seat, request.pattern);
        break;
      case "settle":
        seat.link.settled();
        break;
      case "goodbye":
        seat.link.farewell();
        seat.link.flush();
        this.drop(seat);
        break;
    }
  }

  /** @param head where the room's log ends at this place of the step, if not where it ends after it. */
  #open(seat: Seat, room: string, head?: number): void {
    try {
      const position = this.#logs.position(room);
      const attendees = this.#attendance.of(room);
      seat.link.opened(room, { epoch: position.epoch, head: head ?? position.head, attendees });
      this.#interest.add(seat, room);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#unopened.push({ seat, room });
      this.report({ ok: false, reason: error.message });
    }
  }

  #enter(seat: Seat, room: string, attendee: Extract<Change, { kind: "entered" }>["attendee"]): void {
    this.#attendance.enter(seat, room, attendee);
    this.#change({ kind: "entered", room, attendee });
  }

  #takeOut(seat: Seat) {
    const entries = this.#attendance.takeOut(seat);
    for (const { room, attendee } of entries) this.#change({ kind: "left", room, key: attendee.key });
    return entries;
  }

  #change(change: Extract<Change, { kind: "entered" | "left" }>): void {
    for (const seat of this.#interest.in(change.room)) seat.link.change(change);
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
