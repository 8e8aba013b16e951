import { LIMITS, withoutInvisible } from "@fanfare/protocol";
import {
  type Author,
  CHANGE_TYPES,
  type ChangeType,
  parseListName,
  parseTitle,
  roomOf,
  type Todo as ServiceTodo,
  SHARED_LIMITS,
  type TodoList,
} from "@fanfare/todo/types";
import { type NameResult, nameError, normalizeName } from "../identity/name.ts";

/** The fields of a to-do that the page uses. */
export type Todo = Pick<ServiceTodo, "id" | "list" | "title" | "completed" | "version">;

/** A notification in the room of a list. For a deletion, `todo` is the to-do as it was. */
export interface Change extends Author {
  readonly type: ChangeType;
  readonly todo: Todo;
}

/** @returns why a title is not valid; undefined for a valid one */
export function titleError(text: string): string | undefined {
  const title = withoutInvisible(text).trim();
  if (title === "") return "Enter a to-do.";
  if ([...title].length > SHARED_LIMITS.title)
    return `A to-do has at most ${SHARED_LIMITS.title} characters.`;
  if (parseTitle(title) === undefined)
    return "This contains a character that can't be shown. Type it by hand.";
  return undefined;
}

export function readListName(text: string): NameResult {
  const name = normalizeName(text);
  if (name === "") return nameError("Enter a list name.");
  if ([...name].length > SHARED_LIMITS.listName)
    return nameError(`List names have at most ${SHARED_LIMITS.listName} characters.`);
  if (new TextEncoder().encode(roomOf(name)).length > LIMITS.roomName)
    return nameError("This name is too long.");
  return parseListName(name) === undefined
    ? nameError("List names can't contain * or invisible characters.")
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

/** @returns the change that a message of a list's room announces; undefined where it announces none */
export function readChange(messageType: string, data: unknown): Change | undefined {
  const type = CHANGE_TYPES.find((each) => each === messageType);
  if (type === undefined || !isRecord(data)) return undefined;
  const todo = readTodo(data.todo);
  if (todo === undefined) return undefined;
  return {
    type,
    todo,
    ...(typeof data.by === "string" && { by: data.by }),
    ...(typeof data.request === "string" && { request: data.request }),
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
