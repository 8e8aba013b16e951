/** Which nodes tail which rooms, and which watch which patterns. */
import { PatternIndex } from "../pattern-index.ts";
import type { NodeSession } from "./node-session.ts";

const NONE: ReadonlySet<NodeSession> = new Set();

export class Subscriptions {
  readonly #sessions = new Map<string, Set<NodeSession>>();
  readonly #watchers = new PatternIndex<Set<NodeSession>>();
  /** Each node's rooms and patterns. */
  readonly #names = new Map<NodeSession, { readonly rooms: Set<string>; readonly patterns: Set<string> }>();

  /** The nodes that tail the room: they get all of its changes. */
  tailing(room: string): ReadonlySet<NodeSession> {
    return this.#sessions.get(room) ?? NONE;
  }

  /** The nodes that get the room's messages and events: each once, even if several of its subscriptions match. */
  subscribers(room: string): ReadonlySet<NodeSession> {
    const tailing = this.tailing(room);
    if (this.#watchers.size === 0) return tailing;
    let all: Set<NodeSession> | undefined;
    for (const watching of this.#watchers.matching(room)) {
      all ??= new Set(tailing);
      for (const session of watching) all.add(session);
    }
    return all ?? tailing;
  }

  tail(session: NodeSession, room: string): void {
    this.#sessions.set(room, (this.#sessions.get(room) ?? new Set<NodeSession>()).add(session));
    this.#of(session).rooms.add(room);
  }

  untail(session: NodeSession, room: string): void {
    const sessions = this.#sessions.get(room);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#sessions.delete(room);
    this.#names.get(session)?.rooms.delete(room);
  }

  watch(session: NodeSession, pattern: string): void {
    this.#watchers.set(pattern, (this.#watchers.get(pattern) ?? new Set<NodeSession>()).add(session));
    this.#of(session).patterns.add(pattern);
  }

  unwatch(session: NodeSession, pattern: string): void {
    const sessions = this.#watchers.get(pattern);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#watchers.delete(pattern);
    this.#names.get(session)?.patterns.delete(pattern);
  }

  removeAll(session: NodeSession): void {
    const names = this.#names.get(session);
    if (names === undefined) return;
    for (const room of [...names.rooms]) this.untail(session, room);
    for (const pattern of [...names.patterns]) this.unwatch(session, pattern);
    this.#names.delete(session);
  }

  #of(session: NodeSession) {
    let names = this.#names.get(session);
    if (names === undefined) {
      names = { rooms: new Set(), patterns: new Set() };
      this.#names.set(session, names);
    }
    return names;
  }
}
