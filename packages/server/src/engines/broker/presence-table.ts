/** Which connections are present in which room, and through which node. Rooms without attendees cost nothing. */
import type { Attendee } from "../engine.ts";
import type { NodeSession } from "./node-session.ts";

interface Presence {
  readonly room: string;
  readonly session: NodeSession;
  readonly attendee: Attendee;
}

export class PresenceTable {
  /** Room → key → presence, in order of arrival. */
  readonly #rooms = new Map<string, Map<string, Presence>>();
  readonly #sessions = new Map<NodeSession, Set<Presence>>();

  attendees(room: string): Attendee[] {
    const present = this.#rooms.get(room);
    return present === undefined ? [] : [...present.values()].map(({ attendee }) => attendee);
  }

  /** A key that is in the room already keeps its place. */
  enter(session: NodeSession, room: string, attendee: Attendee): void {
    const inRoom = this.#rooms.get(room) ?? new Map<string, Presence>();
    this.#rooms.set(room, inRoom);
    const before = inRoom.get(attendee.key);
    if (before !== undefined) this.#sessions.get(before.session)?.delete(before);
    const presence = { room, session, attendee };
    inRoom.set(attendee.key, presence);
    const ofSession = this.#sessions.get(session) ?? new Set<Presence>();
    this.#sessions.set(session, ofSession.add(presence));
  }

  /** @returns false if the node has no such attendee there. */
  leave(session: NodeSession, room: string, key: string): boolean {
    const presence = this.#rooms.get(room)?.get(key);
    if (presence === undefined || presence.session !== session) return false;
    this.#remove(presence);
    return true;
  }

  /** Removes all attendees of a node. @returns what was removed. */
  removeAll(session: NodeSession): Presence[] {
    const removed = [...(this.#sessions.get(session) ?? [])];
    for (const presence of removed) this.#remove(presence);
    return removed;
  }

  #remove(presence: Presence): void {
    const inRoom = this.#rooms.get(presence.room);
    inRoom?.delete(presence.attendee.key);
    if (inRoom?.size === 0) this.#rooms.delete(presence.room);
    const ofSession = this.#sessions.get(presence.session);
    ofSession?.delete(presence);
    if (ofSession?.size === 0) this.#sessions.delete(presence.session);
  }
}
