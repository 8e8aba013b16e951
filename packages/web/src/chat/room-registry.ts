import type { Position } from "@fanfare/client";
import { onStorageChange, readStorage, readStorageJson, writeStorage } from "../state/local-storage.ts";
import { Store } from "../state/store.ts";
import { readRoomName } from "./room-name.ts";

/** Rooms in the registry, the one that was opened last first. */
const MOST_ROOMS = 100;
const ROOMS = "chat.rooms";

export interface RoomSummary {
  readonly name: string;
  /** Messages since the user last read the room. */
  readonly unread: number;
}

/** The rooms that the user has opened, with the last read position and the draft of each, in local storage. */
export class RoomRegistry {
  readonly rooms: Store<readonly RoomSummary[]>;
  /** The newest known position of each room. */
  readonly #heads = new Map<string, Position>();

  constructor() {
    this.rooms = new Store(storedNames().map((name) => ({ name, unread: 0 })));
    onStorageChange((key) => {
      if (key === ROOMS || key.startsWith(readKey(""))) this.#update(storedNames());
    });
  }

  /** Puts a room first, and adds it if it is new. */
  open(name: string): void {
    const [first, ...others] = this.#names();
    if (first === name) return;
    this.#writeStorage([name, ...[first, ...others].filter((each) => each !== undefined && each !== name)]);
  }

  /** Removes a room with its position and draft. */
  remove(name: string): void {
    this.#heads.delete(name);
    writeStorage(readKey(name), undefined);
    writeStorage(draftKey(name), undefined);
    this.#writeStorage(this.#names().filter((each) => each !== name));
  }

  /** Sets the newest position of a room, read or not. In a room that is new to the registry everything before counts as read. */
  updateHead(name: string, head: Position, isOwn: boolean): void {
    const before = this.#heads.get(name);
    if (before?.epoch === head.epoch && before.offset >= head.offset) return;
    const read = this.lastRead(name);
    this.#heads.set(name, head);
    const hadReadAll = isOwn && read?.epoch === head.epoch && read.offset === head.offset - 1;
    if (read === undefined || hadReadAll) saveRead(name, head);
    this.#update(this.#names());
  }

  /** The last read position. */
  lastRead(name: string): Position | undefined {
    return readStorageJson(readKey(name), parsePosition);
  }

  markRead(name: string, position: Position): void {
    const read = this.lastRead(name);
    if (read?.epoch === position.epoch && read.offset >= position.offset) return;
    saveRead(name, position);
    this.#update(this.#names());
  }

  draft(name: string): string {
    return readStorage(draftKey(name)) ?? "";
  }

  saveDraft(name: string, text: string): void {
    writeStorage(draftKey(name), text === "" ? undefined : text);
  }

  #names(): string[] {
    return this.rooms.value.map(({ name }) => name);
  }

  #writeStorage(names: readonly (string | undefined)[]): void {
    const stored = names.filter((name) => name !== undefined).slice(0, MOST_ROOMS);
    writeStorage(ROOMS, JSON.stringify(stored));
    this.#update(stored);
  }

  #update(names: readonly string[]): void {
    const before = this.rooms.value;
    const after = names.map((name) => ({ name, unread: this.#unread(name) }));
    const isSame =
      before.length === after.length &&
      before.every(({ name, unread }, i) => after[i]?.name === name && after[i].unread === unread);
    if (!isSame) this.rooms.set(after);
  }

  #unread(name: string): number {
    const head = this.#heads.get(name);
    if (head === undefined) return 0;
    const read = this.lastRead(name);
    return Math.max(0, head.offset - (read?.epoch === head.epoch ? read.offset : 0));
  }
}

const readKey = (name: string) => `chat.read.${name}`;
const draftKey = (name: string) => `chat.draft.${name}`;

function saveRead(name: string, { epoch, offset }: Position): void {
  writeStorage(readKey(name), JSON.stringify({ epoch, offset }));
}

function storedNames(): readonly string[] {
  const names = readStorageJson(ROOMS, (value) => (Array.isArray(value) ? value : undefined)) ?? [];
  return names.filter((name): name is string => {
    const result = typeof name === "string" ? readRoomName(name) : undefined;
    return result?.ok === true && result.name === name;
  });
}

function parsePosition(value: unknown): Position | undefined {
  if (typeof value !== "object" || value === null || !("epoch" in value) || !("offset" in value))
    return undefined;
  const { epoch, offset } = value;
  return typeof epoch === "string" && typeof offset === "number" ? { epoch, offset } : undefined;
}
