import type { FieldError, Todo, TodoList } from "@fanfare/todo";

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly current?: Todo;
}

type HeaderFields = Readonly<Record<string, string>>;

/** A plain client of the to-do service's REST API. */
export class TodoClient {
  constructor(
    private readonly server: URL,
    private readonly user?: string,
  ) {}

  /** @param body a string is sent as it is, anything else as JSON */
  async ask<T = ProblemBody>(
    method: string,
    path: string,
    body?: unknown,
    headers: HeaderFields = {},
  ): Promise<Answer<T>> {
    const response = await fetch(new URL(`/api/todos${path}`, this.server), {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(this.user !== undefined && { "x-fanfare-user": encodeURIComponent(this.user) }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json: unknown = text === "" ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: json as T };
  }

  async create(list: string, title: string, headers?: HeaderFields): Promise<Todo> {
    return this.#ok(await this.ask<Todo>("POST", "", { list, title }, headers), 201);
  }

  async get(id: string, headers?: HeaderFields): Promise<Todo> {
    return this.#ok(await this.ask<Todo>("GET", `/${id}`, undefined, headers), 200);
  }

  async patch(id: string, changes: object, headers?: HeaderFields): Promise<Todo> {
    return this.#ok(await this.ask<Todo>("PATCH", `/${id}`, changes, headers), 200);
  }

  async remove(id: string, headers?: HeaderFields): Promise<void> {
    this.#ok(await this.ask("DELETE", `/${id}`, undefined, headers), 204);
  }

  async page(query: string): Promise<{ todos: Todo[]; next: string | null }> {
    return this.#ok(await this.ask<{ todos: Todo[]; next: string | null }>("GET", `?${query}`), 200);
  }

  /** All pages. */
  async all(query: string): Promise<Todo[]> {
    const { todos, next } = await this.page(query);
    return next === null
      ? todos
      : [...todos, ...(await this.all(`${query.replace(/&after=.*/, "")}&after=${next}`))];
  }

  async lists(query = ""): Promise<{ lists: TodoList[]; next: string | null }> {
    return this.#ok(
      await this.ask<{ lists: TodoList[]; next: string | null }>("GET", `/lists?${query}`),
      200,
    );
  }

  #ok<T>({ status, body }: Answer<T>, wanted: number): T {
    if (status !== wanted) throw new Error(`${status} instead of ${wanted}: ${JSON.stringify(body)}`);
    return body;
  }
}
