import type { Position } from "@fanfare/client";
import { onStorageChange, readStorage, readStorageJson, writeStorage } from "../state/local-storage.ts";
import { Store } from "../state/store.ts";
import { readRoomName } from "./room-name.ts";

/** Rooms that are kept in mind, the one that was opened last first. */
const MOST_ROOMS = 100;
const ROOMS = "chat.rooms";

export interface RoomEntry {
  readonly name: string;
  /** Messages that came since one has read there. */
  readonly unread: number;
}

/** The rooms one has opened, how far one has read in each, and what one was writing there. */
export class RoomBook {
  readonly rooms: Store<readonly RoomEntry[]>;
  /** Newest positions, as far as they are known. */
  readonly #heads = new Map<string, Position>();

  constructor() {
    this.rooms = new Store(recallNames().map((name) => ({ name, unread: 0 })));
    onStorageChange((key) => {
      if (key === ROOMS || key.startsWith(readKey(""))) this.#list(recallNames());
    });
  }

  /** Puts a room first. */
  opened(name: string): void {
    const [first, ...others] = this.#names();
    if (first === name) return;
    this.#writeStorage([name, ...[first, ...others].filter((each) => each !== undefined && each !== name)]);
  }

  /** Forgets a room. */
  left(name: string): void {
    this.#heads.delete(name);
    writeStorage(readKey(name), undefined);
    writeStorage(draftKey(name), undefined);
    this.#writeStorage(this.#names().filter((each) => each !== name));
  }

  /** Everything in a room up to here is known, read or not. A room that is new here has been read up to here. */
  reached(name: string, head: Position, isOwn: boolean): void {
    const before = this.#heads.get(name);
    if (before?.epoch === head.epoch && before.offset >= head.offset) return;
    const read = this.read(name);
    this.#heads.set(name, head);
    const hadReadAll = isOwn && read?.epoch === head.epoch && read.offset === head.offset - 1;
    if (read === undefined || hadReadAll) keepRead(name, head);
    this.#list(this.#names());
  }

  /** How far one has read. */
  read(name: string): Position | undefined {
    return readStorageJson(readKey(name), parsePosition);
  }

  markRead(name: string, position: Position): void {
    const read = this.read(name);
    if (read?.epoch === position.epoch && read.offset >= position.offset) return;
    keepRead(name, position);
    this.#list(this.#names());
  }

  draft(name: string): string {
    return readStorage(draftKey(name)) ?? "";
  }

  keepDraft(name: string, text: string): void {
    writeStorage(draftKey(name), text === "" ? undefined : text);
  }

  #names(): string[] {
    return this.rooms.value.map(({ name }) => name);
  }

  #writeStorage(names: readonly (string | undefined)[]): void {
    const kept = names.filter((name) => name !== undefined).slice(0, MOST_ROOMS);
    writeStorage(ROOMS, JSON.stringify(kept));
    this.#list(kept);
  }

  #list(names: readonly string[]): void {
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
    const read = this.read(name);
    return Math.max(0, head.offset - (read?.epoch === head.epoch ? read.offset : 0));
  }
}

const readKey = (name: string) => `chat.read.${name}`;
const draftKey = (name: string) => `chat.draft.${name}`;

function keepRead(name: string, { epoch, offset }: Position): void {
  writeStorage(readKey(name), JSON.stringify({ epoch, offset }));
}

function recallNames(): readonly string[] {
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
