import type { Attendee, RoomEvent, StoredMessage } from "../../engines/engine.ts";
import { TYPING } from "../../hub/typing.ts";
import type { Encoder, Update } from "../../hub/update.ts";
import { Roster } from "./roster.ts";

export const CHAT = "chat";

/**
 * Enters and leaves are shown at their places among the messages of a turn, up to so many places; the rest is shown at the
 * turn's end. Otherwise a client that only enters and leaves could make a room of 500 repeat its list for every message
 * (SPEC CHAT-5).
 */
const PLACES = 8;

/** How one chat client sees its room. */
export interface ChatView {
  /** The room's name on this wire: as in the path. */
  readonly room: string;
  /** Chat frames carry a fifth key, `offset`. */
  readonly offsets: boolean;
  /** Whether members, and who enters and leaves, are shown. */
  readonly people: boolean;
  /** Typing of native members is shown. */
  readonly typing: boolean;
  /** Connections of a room past which no names are shown. */
  readonly membersListed: number;
}

/**
 * One frame per message, keys in the order of the seed system. The encoder that serves a fan-out group has the room's
 * roster, from `begin` on; the others encode replays alone.
 */
export class ChatEncoder implements Encoder {
  readonly key: string;
  readonly #room: string;
  #roster: Roster | undefined;

  constructor(private readonly view: ChatView) {
    this.key = `chat ${view.people ? "people" : "-"} ${view.offsets ? "offsets" : "-"} ${view.typing ? "typing" : "-"} ${view.room}`;
    this.#room = JSON.stringify(view.room);
  }

  begin(attendees: Iterable<Attendee>): void {
    if (this.view.people) this.#roster = new Roster(attendees, this.view.membersListed);
  }

  /** Whether so many connections are shown by name. */
  lists(count: number): boolean {
    return count <= this.view.membersListed;
  }

  shows(message: StoredMessage): boolean {
    return textOf(message) !== undefined;
  }

  encode(_room: string, updates: readonly Update[]): string[] {
    const frames: string[] = [];
    let places = 0;
    /** Who enters and leaves is shown at its place among the messages and events. */
    const keepPlace = () => {
      if (places < PLACES && this.#showPeople(frames)) places++;
    };
    for (const update of updates) {
      switch (update.kind) {
        case "message": {
          keepPlace();
          const text = textOf(update.message);
          if (text !== undefined) frames.push(this.#chat(text, update.message));
          break;
        }
        case "event":
          keepPlace();
          if (this.view.typing && update.event.type === TYPING) frames.push(this.#typing(update.event));
          break;
        case "entered":
          this.#roster?.enter(update.attendee);
          break;
        case "left":
          this.#roster?.leave(update.attendee);
          break;
        case "presence":
          break;
        default:
          update satisfies never;
      }
    }
    this.#showPeople(frames);
    return frames;
  }

  #chat(text: string, { from, offset }: StoredMessage): string {
    const frame = this.#frame("chat", text, from);
    return this.view.offsets ? `${frame.slice(0, -1)},"offset":${offset}}` : frame;
  }

  #typing({ from, data }: RoomEvent): string {
    return this.#frame("typing", data === "false" ? "stop" : "start", from);
  }

  /** The list of a room past the listing bound, which names no one. */
  emptyList(): string {
    return this.#frame("online_users", "", "");
  }

  /**
   * Leaves, then who is there, then joins. Past the listing bound no one is named: an empty list is sent to all
   * once, when the bound is crossed, and after that to newcomers alone.
   * @returns whether anyone had entered or left
   */
  #showPeople(frames: string[]): boolean {
    const change = this.#roster?.drainChanges();
    if (change === undefined) return false;
    const { left, entered, present, wasListed } = change;
    if (present === undefined) {
      if (wasListed) frames.push(this.emptyList());
      return true;
    }
    const online = this.#frame("online_users", present.map(({ user }) => listed(user)).join(","), "");
    if (!wasListed) {
      frames.push(online);
      return true;
    }
    for (const { user } of left) frames.push(this.#frame("user_left", `${user} left the room`, user));
    frames.push(online);
    for (const { user } of entered) frames.push(this.#frame("user_joined", `${user} joined the room`, user));
    return true;
  }

  #frame(type: string, content: string, username: string): string {
    return `{"type":"${type}","content":${JSON.stringify(content)},"room":${this.#room},"username":${JSON.stringify(username)}}`;
  }
}

/** A name in a list that commas separate: a comma within a name would make it two names, one of them another user's. */
function listed(user: string): string {
  return user.replaceAll(",", "\u201a");
}

/** The text of a chat message; undefined for a record of another kind. */
function textOf({ type, data }: StoredMessage): string | undefined {
  if (type !== CHAT) return undefined;
  const value: unknown = JSON.parse(data);
  if (typeof value !== "object" || value === null || !("text" in value)) return undefined;
  return typeof value.text === "string" ? value.text : undefined;
}
