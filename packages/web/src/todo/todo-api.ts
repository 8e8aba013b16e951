import { type Changes, SHARED_LIMITS, type TodoList } from "@fanfare/todo/types";
import { isRecord, readTodo, readTodoList, type Todo } from "./todo.ts";

/** The result of a request. */
export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  /** Another user changed the to-do first; `current` is the version now. */
  | { readonly kind: "stale"; readonly current: Todo }
  | { readonly kind: "missing" }
  /** The server refuses the title; `message` says why. */
  | { readonly kind: "invalid"; readonly message: string }
  /** The server would refuse it again. */
  | { readonly kind: "refused"; readonly message: string }
  /** No answer, or one that leaves the result open: the request may be repeated. */
  | { readonly kind: "unavailable" };

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** Ms after which the page gives up a request. */
const TIMEOUT = 15_000;

/** The user who makes the changes. */
export interface RequestAuthor {
  /** The name at the time of the request, which the server checks. */
  name(): string | undefined;
  /** Whether the same user is still signed in. */
  isCurrent(): boolean;
  /** Asks the server for the session. */
  refresh(): void;
}

/** A client of `/api/todos` (docs/todo.md). */
export class TodoApi {
  constructor(
    private readonly address: URL,
    private readonly author: RequestAuthor,
  ) {}

  todos(list: string, after: string | undefined): Promise<Outcome<Page<Todo>>> {
    return this.#ask("GET", query("", { list, limit: SHARED_LIMITS.page, after }), {}, (body) =>
      readPage(body, "todos", readTodo),
    );
  }

  lists(after: string | undefined): Promise<Outcome<Page<TodoList>>> {
    return this.#ask("GET", query("/lists", { limit: SHARED_LIMITS.page, after }), {}, (body) =>
      readPage(body, "lists", readTodoList),
    );
  }

  /**
   * Creates a to-do once, however often the request is sent.
   * @param id a new UUID @param version of a deleted to-do, to restore it
   * @param request comes back in the notification
   */
  create(
    { id, list, title, completed, version }: Omit<Todo, "version"> & { readonly version?: number },
    request: string,
  ): Promise<Outcome<Todo>> {
    const body = { id, list, title, completed, ...(version !== undefined && { version }) };
    return this.#ask("POST", "", { body, request }, readTodo);
  }

  /** Changes the to-do if it still has this version. */
  change(id: string, version: number, changes: Changes, request: string): Promise<Outcome<Todo>> {
    return this.#ask("PATCH", `/${id}`, { body: changes, version, request }, readTodo);
  }

  remove(id: string, version: number, request: string): Promise<Outcome<true>> {
    return this.#ask("DELETE", `/${id}`, { version, request }, () => true as const);
  }

  async #ask<T>(
    method: string,
    path: string,
    { body, version, request }: { body?: object; version?: number; request?: string },
    read: (body: unknown) => T | undefined,
  ): Promise<Outcome<T>> {
    // A change of one user is never sent as another user.
    if (!this.author.isCurrent()) return { kind: "unavailable" };
    const user = this.author.name();
    try {
      const response = await fetch(this.address + path, {
        method,
        signal: AbortSignal.timeout(TIMEOUT),
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(version !== undefined && { "if-match": `"${version}"` }),
          ...(request !== undefined && { "x-request-id": request }),
          ...(request !== undefined && user !== undefined && { "x-fanfare-user": encodeURIComponent(user) }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const json: unknown = text === "" ? undefined : JSON.parse(text);
      if (response.status === 401 || (isRecord(json) && json.code === "other_user")) {
        this.author.refresh();
        return { kind: "unavailable" };
      }
      if (!response.ok) return failure(response.status, json);
      const value = read(json);
      return value === undefined ? { kind: "unavailable" } : { kind: "done", value };
    } catch {
      return { kind: "unavailable" };
    }
  }
}

function query(path: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) search.set(name, `${value}`);
  return `${path}?${search}`;
}

function readPage<T>(
  body: unknown,
  name: string,
  read: (value: unknown) => T | undefined,
): Page<T> | undefined {
  const values = isRecord(body) ? body[name] : undefined;
  if (!isRecord(body) || !Array.isArray(values)) return undefined;
  const items = values.map(read).filter((item): item is T & {} => item !== undefined);
  return { items, next: typeof body.next === "string" ? body.next : undefined };
}

function failure(status: number, body: unknown): Outcome<never> {
  if (status >= 500 || status === 408 || status === 429) return { kind: "unavailable" };
  if (status === 404 || status === 410) return { kind: "missing" };
  const current = isRecord(body) ? readTodo(body.current) : undefined;
  if (status === 412 && current !== undefined) return { kind: "stale", current };
  const errors = isRecord(body) && Array.isArray(body.errors) ? body.errors : [];
  const first: unknown = errors.find((error) => isRecord(error) && error.field === "title") ?? errors[0];
  const sentence = isRecord(first) && typeof first.message === "string" ? first.message : undefined;
  if (status === 422 && isRecord(first) && first.field === "title" && sentence !== undefined)
    return { kind: "invalid", message: sentence };
  // A problem of the service has `detail`; what is refused before the service has `error`.
  const { detail, error } = isRecord(body) ? body : {};
  const reason = [detail, error].find((text) => typeof text === "string");
  return { kind: "refused", message: sentence ?? reason ?? `The server responded with ${status}.` };
}
