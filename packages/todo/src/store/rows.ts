import type { Todo } from "../todo.ts";
import { crc32 } from "./crc32.ts";

/** A row as it comes; PostgreSQL gives large integers as text. */
export interface ItemRow {
  readonly position: number | string;
  readonly id: string;
  readonly list: string;
  readonly title: string;
  readonly completed: number;
  readonly created_at: number | string;
  readonly updated_at: number | string;
  readonly version: number;
  /** Null while it is there. */
  readonly deleted_at: number | string | null;
  /** Null while it is the present one. */
  readonly first_title: string | null;
  /** As `checksumOf` wrote it; null for a deleted to-do. */
  readonly checksum: string | null;
}

/** The stored record of a to-do does not match its checksum (SPEC TODO-13). */
export class DamagedTodo extends Error {
  override readonly name = "DamagedTodo";

  constructor(readonly id: string) {
    super(`the record of the to-do ${id} does not match its checksum`);
  }
}

/** The position of a to-do among all of them. */
export interface Place {
  readonly list: string;
  readonly position: number;
}

export function placeOf({ list, position }: ItemRow): Place {
  return { list, position: Number(position) };
}

/** @throws {DamagedTodo} */
export function todoOf(row: ItemRow): Todo {
  const { id, list, title, completed, created_at, updated_at, version, checksum } = row;
  const todo: Todo = {
    id,
    list,
    title,
    completed: completed === 1,
    createdAt: timeOf(created_at),
    updatedAt: timeOf(updated_at),
    version,
  };
  // A process of an earlier version that shares the database changes a row and leaves its checksum: that of another version.
  if (checksum?.startsWith(`${version}:`) && checksum !== checksumOf(todo)) throw new DamagedTodo(id);
  return todo;
}

/** @returns the to-do's version and a CRC-32 of all that is served of it: `3:89abcdef` */
export function checksumOf({ id, list, title, completed, createdAt, updatedAt, version }: Todo): string {
  const text = JSON.stringify([id, list, title, completed, createdAt, updatedAt, version]);
  return `${version}:${crc32(text)}`;
}

export function timeOf(ms: number | string): string {
  return new Date(Number(ms)).toISOString();
}
