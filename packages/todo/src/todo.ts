// The entry `@fanfare/todo/types`: the web page imports it, so nothing here may need the server.
import { parseRoomName, withoutInvisible } from "@fanfare/protocol";

/** The limits that the web page shows, too. */
export const SHARED_LIMITS = {
  /** Characters (code points). */
  title: 500,
  listName: 64,
  /** To-dos, or lists, on one page. */
  page: 200,
} as const;

export interface Todo {
  /** A UUID that no other to-do ever has. */
  readonly id: string;
  readonly list: string;
  readonly title: string;
  readonly completed: boolean;
  /** RFC 3339 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** 1, and 1 more with each change. */
  readonly version: number;
}

/** A list that has at least one to-do. */
export interface TodoList {
  readonly list: string;
  /** How many it has, and how many of them are completed. */
  readonly todos: number;
  readonly completed: number;
}

/** The author of a change, as far as it is known. */
export interface Author {
  readonly by?: string;
  /** The client's id for its request, by which it recognises the notification. */
  readonly request?: string;
}

/** The fields that a change of a to-do sets. */
export type Changes = Partial<Pick<Todo, "title" | "completed">>;

export const CHANGE_TYPES = ["todo.created", "todo.updated", "todo.completed", "todo.deleted"] as const;
export type ChangeType = (typeof CHANGE_TYPES)[number];

/** The data of a notification in the list's room; of one that was deleted, the to-do as it was. */
export interface ChangeData extends Author {
  readonly todo: Todo;
}

/** A room's name is this and the list's. */
const PREFIX = "todo:";

export function roomOf(list: string): string {
  return PREFIX + list;
}

/** 1–64 characters that can stand in a room's name (SPEC NAME-1), in form C, without space around them. */
export function parseListName(value: unknown): string | undefined {
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const name = parseRoomName(PREFIX + value.trim())?.slice(PREFIX.length);
  return name !== undefined && [...name].length <= SHARED_LIMITS.listName ? name : undefined;
}

/** As text: small letters. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const UNSAFE = /[\p{Cc}\u2028\u2029]/u;

/** 1–500 characters, none of them a control character, without space around them and invisible characters (SPEC NAME-8). */
export function parseTitle(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  if (UNSAFE.test(value.trim()) || !value.isWellFormed()) return undefined;
  // What is at an end once the space there is cut off may be invisible there.
  const title = withoutInvisible(withoutInvisible(value).trim());
  if (title === "") return undefined;
  return [...title].length <= SHARED_LIMITS.title ? title : undefined;
}

/** As JSON, without what is not known. */
export function changeJson(todo: Todo, { by, request }: Author): string {
  const data = { todo, ...(by !== undefined && { by }), ...(request !== undefined && { request }) };
  return JSON.stringify(data satisfies ChangeData);
}
