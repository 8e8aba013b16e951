import {
  CLOSE,
  type ClientFrame,
  type Decoded,
  decodeFrame,
  type HelloReply,
  type HelloRequest,
  type HistoryRequest,
  isPattern,
  isRefused,
  type JoinReply,
  type JoinRequest,
  LIMITS,
  type LiveFrame,
  type MembersReply,
  type MembersRequest,
  type PublishRequest,
  type RefreshRequest,
  type Refusal,
  type ResetFrame,
  refuse,
  type ServerFrame,
} from "@fanfare/protocol";
import type { Range } from "../../engines/engine.ts";
import type { Connection } from "../../hub/connection.ts";
import type { Hub } from "../../hub/hub.ts";
import type { Caller, ClientSocket, Timer } from "../../hub/ports.ts";
import type { ReplayStart } from "../../hub/replay.ts";
import type { Session } from "../dialect.ts";
import { NativeEncoder } from "./encoder.ts";
import { FrameBatcher } from "./frame-batcher.ts";
import { NativeJoinObserver } from "./join-observer.ts";
import { errorFields, errorFrame, historyReply, publishReply, refusalFor } from "./replies.ts";

/** Bytes of data in a page of history, as a part of `frameOut`: with what stands beside the data, it fits into one frame. */
const PAGE_SHARE = 3 / 8;

/** One native connection: greets, then turns requests into hub calls and their results into replies. */
export class NativeSession implements Session {
  #connection: Connection | undefined;
  readonly #batcher: FrameBatcher;
  #helloTimer: Timer | undefined;
  /** Requests that came while the token of `hello` is being verified; undefined while none is. */
  #waiting: Decoded[] | undefined;
  #closed = false;

  /** @param caller as the upgrade has it */
  constructor(
    private readonly hub: Hub,
    private readonly socket: ClientSocket,
    private readonly caller: Caller,
  ) {
    this.#batcher = new FrameBatcher(socket, hub.limits.frameOut);
    this.#helloTimer = hub.clock.after(hub.limits.helloMs, () =>
      socket.close(CLOSE.helloTimeout.code, CLOSE.helloTimeout.reason),
    );
  }

  receive(frame: string): void {
    const requests = decodeFrame(frame);
    if (requests.length > 1) this.socket.charge?.("requests", requests.length - 1);
    this.#handleAll(requests);
    this.#batcher.flush();
  }

  writable(): void {
    this.#connection?.flow.writable();
  }

  closing(delay: number): void {
    this.#reply({ op: "closing", delay });
    this.#batcher.flush();
  }

  closed(): void {
    this.#closed = true;
    this.#greeted();
    if (this.#connection !== undefined) this.hub.disconnect(this.#connection);
  }

  #handleAll(requests: readonly Decoded[]): void {
    for (const decoded of requests) {
      // A send can close the socket: the rest of the batch must not join rooms, since nothing would leave them again.
      if (this.#closed) return;
      if (this.#waiting === undefined) this.#handle(decoded);
      else this.#waiting.push(decoded);
    }
  }

  #handle(decoded: Decoded): void {
    if (!decoded.ok) {
      this.#refuse(decoded.refusal, decoded.ref);
      return;
    }
    const { request } = decoded;
    const refusal = request.op === "hello" ? this.#hello(request) : this.#request(request);
    if (refusal !== undefined) this.#refuse(refusal, request.ref);
  }

  #hello(hello: HelloRequest): Refusal | undefined {
    if (this.#connection !== undefined) return refuse("already_greeted");
    const verifying = hello.token === undefined ? undefined : this.hub.verify(hello.token);
    if (verifying === undefined) {
      if (hello.token === undefined) return this.#greet(hello, this.caller);
      return refuse("bad_request", "This server uses no tokens: connect without one.");
    }
    this.#waiting = [];
    // What the gateway has read already waits here, and it reads no more.
    this.socket.block("hello");
    void verifying.then((caller) => {
      if (this.#closed) return;
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      this.socket.unblock("hello");
      const refusal = this.#greet(hello, caller);
      if (refusal !== undefined) this.#refuse(refusal, hello.ref);
      this.#handleAll(waiting);
      this.#batcher.flush();
    });
    return undefined;
  }

  #greet({ ref, user, publisher }: HelloRequest, caller: Caller): Refusal | undefined {
    const name = () => user ?? this.hub.ids.guestName(publisher);
    const identity = this.hub.authorizer.admit("hello", caller, name);
    if (isRefused(identity)) return identity;
    this.#greeted();
    const connection = this.hub.connect(
      this.socket,
      { ...identity, ...(publisher !== undefined && { publisher }) },
      (left) => {
        this.#reply({ op: "expiring", in: left });
        this.hub.flush();
      },
    );
    // Its token was revoked in this very step.
    if (this.#closed) {
      this.hub.disconnect(connection);
      return undefined;
    }
    this.#connection = connection;
    const { limits } = this.hub;
    const reply: HelloReply = {
      op: "ok",
      ref,
      connection: connection.id,
      user: connection.user,
      ...(publisher !== undefined && { publisher: this.hub.ids.publisherTag(publisher) }),
      time: this.hub.clock.now(),
      heartbeat: { ping: limits.pingMs, dead: limits.deadMs },
      limits: { frame: limits.frameIn, rooms: limits.roomsPerConnection, inFlight: LIMITS.inFlight },
    };
    return this.#reply(reply);
  }

  #refresh(connection: Connection, { ref, token }: RefreshRequest): Refusal | undefined {
    const left = (room: string, refusal: Refusal) => {
      this.#reply({ op: "left", room, ...errorFields(refusal) });
    };
    return this.hub.refresh(connection, token, left, (refusal) => {
      if (refusal !== undefined) this.#refuse(refusal, ref);
      else this.#ok(ref);
    });
  }

  #greeted(): void {
    this.#helloTimer?.cancel();
    this.#helloTimer = undefined;
  }

  /** @returns why it is refused; undefined if it has been answered, or will be */
  #request(request: Exclude<ClientFrame, HelloRequest>): Refusal | undefined {
    const connection = this.#connection;
    if (connection === undefined) return refuse("hello_required");
    switch (request.op) {
      case "publish":
        return this.#publish(connection, request);
      case "join":
        return isPattern(request.room) ? this.#listen(connection, request) : this.#join(connection, request);
      case "leave":
        return (
          (isPattern(request.room)
            ? this.hub.unlisten(connection, request.room)
            : this.hub.leave(connection, request.room)) ?? this.#ok(request.ref)
        );
      case "event":
        return (
          this.hub.event(connection, request.room, request.type, JSON.stringify(request.data)) ??
          this.#ok(request.ref)
        );
      case "history":
        return this.#history(connection, request);
      case "members":
        return this.#members(connection, request);
      case "publisher": {
        const { ref, publisher } = request;
        connection.publishAs(publisher);
        return this.#reply({ op: "ok", ref, publisher: this.hub.ids.publisherTag(publisher) });
      }
      case "refresh":
        return this.#refresh(connection, request);
      case "ping":
        return this.#reply({ op: "pong", ref: request.ref });
      default:
        return request satisfies never;
    }
  }

  #join(
    connection: Connection,
    { ref, room, after, history, presence = false, types }: JoinRequest,
  ): Refusal | undefined {
    const { historyPerJoin, frameOut } = this.hub.limits;
    if (history !== undefined && history > historyPerJoin) return tooMany("history", historyPerJoin);
    const start: ReplayStart =
      after !== undefined
        ? { from: "position", ...after }
        : history !== undefined
          ? { from: "history", count: history }
          : { from: "now" };
    const reply = (frame: ServerFrame | string) => this.#reply(frame);
    const enter = () => this.hub.enter(connection, room);
    const leave = () => void this.hub.leave(connection, room);
    return this.hub.join(connection, {
      room,
      start,
      visible: presence,
      encoder: NativeEncoder.for(frameOut, presence, types),
      observer: new NativeJoinObserver(
        room,
        ref,
        presence,
        this.socket,
        reply,
        this.#batcher.flush,
        enter,
        leave,
      ),
    });
  }

  /** A pattern has no log: a client that comes back to one is sent a `reset` for what it may have missed. */
  #listen(connection: Connection, { ref, room, after, types }: JoinRequest): Refusal | undefined {
    return this.hub.listen(connection, {
      pattern: room,
      encoder: NativeEncoder.through(this.hub.limits.frameOut, room, types),
      joined: () => {
        this.#reply({ op: "ok", ref, room, epoch: "", offset: 0 } satisfies JoinReply);
        if (after === undefined) return;
        const reset: ResetFrame = { op: "reset", room, reason: "pattern", epoch: "", oldest: 0, newest: 0 };
        this.#reply(reset);
      },
      live: () => this.#reply({ op: "live", room, offset: 0 } satisfies LiveFrame),
    });
  }

  #publish(connection: Connection, { ref, room, type, data, id, n }: PublishRequest): Refusal | undefined {
    const publishing = {
      room,
      type,
      data: JSON.stringify(data),
      ...(id !== undefined && { id }),
      ...(n !== undefined && { n }),
    };
    return this.hub.publish(connection, publishing, (outcome, keptId) => {
      if (connection.closed) return;
      if (outcome.kind === "kept") this.#reply(publishReply(ref, outcome, keptId));
      else this.#refuse(refusalFor(outcome), ref);
    });
  }

  #history(connection: Connection, request: HistoryRequest): Refusal | undefined {
    const { historyPage, historyPerPage, frameOut } = this.hub.limits;
    const { ref, room, epoch, limit = Math.min(historyPage, historyPerPage) } = request;
    if (limit > historyPerPage) return tooMany("limit", historyPerPage);
    const range: Range =
      request.after !== undefined
        ? { after: request.after }
        : { before: request.before ?? Number.MAX_SAFE_INTEGER };
    return this.hub.history(
      connection,
      room,
      range,
      { count: limit, bytes: frameOut * PAGE_SHARE },
      (result) => {
        if (connection.closed) return;
        if (isRefused(result)) this.#refuse(result, ref);
        else if (epoch !== undefined && epoch !== result.epoch) this.#refuse(refuse("epoch_mismatch"), ref);
        else this.#reply(historyReply(ref, room, result));
      },
    );
  }

  #members(connection: Connection, { ref, room }: MembersRequest): Refusal | undefined {
    return this.hub.members(connection, room, (result) => {
      if (connection.closed) return;
      if (isRefused(result)) {
        this.#refuse(result, ref);
        return;
      }
      const { members, count } = result;
      const reply: MembersReply = { op: "ok", ref, room, ...(members !== undefined && { members }), count };
      this.#reply(reply);
    });
  }

  #ok(ref: number): undefined {
    this.#reply({ op: "ok", ref });
  }

  #refuse(refusal: Refusal, ref: number | undefined): void {
    this.#reply(errorFrame(refusal, ref));
  }

  /** Sends a frame together with the turn's others. @param frame text if it is encoded already */
  #reply(frame: ServerFrame | string): undefined {
    this.#batcher.push(typeof frame === "string" ? frame : JSON.stringify(frame));
    this.hub.onFlush(this.#batcher.flush);
  }
}

function tooMany(field: string, most: number): Refusal {
  return refuse("bad_request", `${field} must be an integer from 0 to ${most}.`);
}
