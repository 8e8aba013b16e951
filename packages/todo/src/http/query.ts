import { FIXED_LIMITS } from "../limits.ts";
import type { TodoQuery } from "../store/todo-store.ts";
import { parseListName } from "../todo.ts";
import { readCursor } from "./cursor.ts";
import { SAYS } from "./fields.ts";
import { type FieldError, wrongFields } from "./problem.ts";

/** `?list=&completed=&limit=&after=` @throws {Problem} that names each parameter that is wrong */
export function parseTodoQuery(search: URLSearchParams): TodoQuery {
  const query = new Query(search);
  const list = query.take("list", parseListName, SAYS.list);
  const completed = query.take("completed", parseBoolean, SAYS.completed);
  const after = query.take("after", parsePlace, CURSOR);
  const limit = query.take("limit", parseLimit, LIMIT) ?? FIXED_LIMITS.usualPage;
  query.end();
  return {
    limit,
    ...(list !== undefined && { list }),
    ...(completed !== undefined && { completed }),
    ...(after !== undefined && { after }),
  };
}

/** `?limit=&after=` @throws {Problem} */
export function parseListsQuery(search: URLSearchParams): { after?: string; limit: number } {
  const query = new Query(search);
  const after = query.take("after", parseName, CURSOR);
  const limit = query.take("limit", parseLimit, LIMIT) ?? FIXED_LIMITS.usualPage;
  query.end();
  return { limit, ...(after !== undefined && { after }) };
}

const CURSOR = "It takes what a page gave as next.";
const LIMIT = `It takes a whole number from 1 to ${FIXED_LIMITS.page}.`;

/** Takes parameters one by one, and reports all wrong ones at once. */
class Query {
  readonly #errors: FieldError[] = [];
  readonly #known: string[] = [];

  constructor(private readonly search: URLSearchParams) {}

  take<T>(field: string, parse: (text: string) => T | undefined, message: string): T | undefined {
    this.#known.push(field);
    const texts = this.search.getAll(field);
    if (texts.length > 1) this.#errors.push({ field, message: "It can be given once." });
    const [text] = texts;
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) this.#errors.push({ field, message });
    return value;
  }

  end(): void {
    for (const field of new Set(this.search.keys())) {
      if (this.#known.includes(field) || this.#errors.length > 10) continue;
      const message = `There is no such parameter; there are ${this.#known.join(", ")}.`;
      this.#errors.push({ field: field.slice(0, 64), message });
    }
    if (this.#errors.length > 0) throw wrongFields(400, this.#errors);
  }
}

function parseBoolean(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

function parseLimit(text: string): number | undefined {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= FIXED_LIMITS.page ? limit : undefined;
}

function parsePlace(text: string): TodoQuery["after"] {
  const [list, position] = readCursor(text) ?? [];
  if (!isKept(list) || !Number.isSafeInteger(position)) return undefined;
  return { list, position: Number(position) };
}

function parseName(text: string): string | undefined {
  const [name] = readCursor(text) ?? [];
  return isKept(name) ? name : undefined;
}

/** Whether it can be the name of an existing list; earlier versions allowed names that are refused today. */
function isKept(name: unknown): name is string {
  return typeof name === "string" && name.isWellFormed() && !name.includes("\0"); // which PostgreSQL does not take
}
