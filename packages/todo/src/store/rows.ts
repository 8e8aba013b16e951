import type { Todo } from "../todo.ts";

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
}

/** The position of a to-do among all of them. */
export interface Place {
  readonly list: string;
  readonly position: number;
}

export function placeOf({ list, position }: ItemRow): Place {
  return { list, position: Number(position) };
}

export function todoOf({ id, list, title, completed, created_at, updated_at, version }: ItemRow): Todo {
  return {
    id,
    list,
    title,
    completed: completed === 1,
    createdAt: timeOf(created_at),
    updatedAt: timeOf(updated_at),
    version,
  };
}

function timeOf(ms: number | string): string {
  return new Date(Number(ms)).toISOString();
}
