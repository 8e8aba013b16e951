import { LIMITS, parseRoomName } from "@fanfare/protocol";
import { type NameResult, nameError, tidied } from "../identity/user-name.ts";

/** A to-do as the server has it. */
export interface Todo {
  readonly id: string;
  readonly list: string;
  readonly title: string;
  readonly completed: boolean;
  /** 1, and 1 more with each change. */
  readonly version: number;
}

export interface TodoList {
  readonly list: string;
  readonly todos: number;
  readonly completed: number;
}

/** What somebody wants to be different. */
export type Changes = Partial<Pick<Todo, "title" | "completed">>;

/** A notification of a list's room; of one that was deleted, the to-do as it was. */
export interface Notification {
  readonly kind: "created" | "updated" | "completed" | "deleted";
  readonly todo: Todo;
  readonly by?: string;
  readonly request?: string;
}

export const LONGEST_TITLE = 500;
const LONGEST_LIST = 64;
/** What no title may hold (as `UNSAFE` of the service). */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/** A list is a room of the server. */
export function roomOf(list: string): string {
  return `todo:${list}`;
}

/** Why a title will not do; undefined for a good one. Told before it is sent. */
export function faultOfTitle(text: string): string | undefined {
  const title = text.trim();
  if (title === "") return "Type what there is to do.";
  if ([...title].length > LONGEST_TITLE) return `A to-do has at most ${LONGEST_TITLE} characters.`;
  if (CONTROL.test(title) || !title.isWellFormed())
    return "This has a character that cannot be shown. Type it by hand.";
  return undefined;
}

export function readListName(text: string): NameResult {
  const name = tidied(text);
  if (name === "") return nameError("Type the name of a list.");
  if ([...name].length > LONGEST_LIST)
    return nameError(`A list's name has at most ${LONGEST_LIST} characters.`);
  if (new TextEncoder().encode(roomOf(name)).length > LIMITS.roomName)
    return nameError("This name is too long.");
  return parseRoomName(roomOf(name)) === undefined
    ? nameError("A list's name has no * and no character that cannot be seen.")
    : { ok: true, name };
}

export function readTodo(value: unknown): Todo | undefined {
  if (!isRecord(value)) return undefined;
  const { id, list, title, completed, version } = value;
  if (typeof id !== "string" || typeof list !== "string" || typeof title !== "string") return undefined;
  if (typeof completed !== "boolean" || typeof version !== "number") return undefined;
  return { id, list, title, completed, version };
}

export function readTodoList(value: unknown): TodoList | undefined {
  if (!isRecord(value)) return undefined;
  const { list, todos, completed } = value;
  if (typeof list !== "string" || typeof todos !== "number" || typeof completed !== "number")
    return undefined;
  return { list, todos, completed };
}

const KINDS = {
  "todo.created": "created",
  "todo.updated": "updated",
  "todo.completed": "completed",
  "todo.deleted": "deleted",
} as const;

/** A message of a list's room; undefined for one that is no notification. */
export function readNotification(type: string, data: unknown): Notification | undefined {
  const kind = Object.entries(KINDS).find(([name]) => name === type)?.[1];
  if (kind === undefined || !isRecord(data)) return undefined;
  const todo = readTodo(data.todo);
  if (todo === undefined) return undefined;
  return {
    kind,
    todo,
    ...(typeof data.by === "string" && { by: data.by }),
    ...(typeof data.request === "string" && { request: data.request }),
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
