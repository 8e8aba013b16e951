import { faultFields, type Log, ThrottledLog } from "@fanfare/server";
import { type Context, Hono } from "hono";
import type { Created } from "../store/creation.ts";
import { DamagedTodo } from "../store/rows.ts";
import type { TodoStore } from "../store/todo-store.ts";
import { Unavailable } from "../store/unavailable.ts";
import { type Todo, UUID } from "../todo.ts";
import { authorOf } from "./author.ts";
import { readJson } from "./body.ts";
import { writeCursor } from "./cursor.ts";
import { admits, isKnown, tagOf } from "./entity-tag.ts";
import { parseChanges, parseDraft } from "./fields.ts";
import { type Guard, maySee, permit } from "./guard.ts";
import { busy, PATH, Problem } from "./problem.ts";
import { parseListsQuery, parseTodoQuery } from "./query.ts";

const JSON_TYPE = "application/json";
/** A body of changes is a merge patch (RFC 7396) whatever it calls itself: no field of a to-do can be removed. */
const PATCH_TYPES = [JSON_TYPE, "application/merge-patch+json"];

interface Env {
  Bindings: { readonly guard?: Guard };
}

const ALL = "*";

/** The REST interface (docs/todo.md). @param changed called after each change @param onDamaged called with the id of a to-do that cannot be served */
export function routes(
  store: TodoStore,
  changed: () => void,
  log: Log,
  onDamaged: (id: string) => void,
): Hono<Env> {
  const app = new Hono<Env>({ strict: false }).basePath(PATH);
  const throttled = new ThrottledLog(log, Date.now);

  app.get("/", async ({ req, env }) => {
    const query = parseTodoQuery(new URL(req.url).searchParams);
    await permit(env.guard, "history", query.list ?? ALL);
    const { items, next } = await store.page(query);
    return json({ todos: items, next: next ? writeCursor([next.list, next.position]) : null });
  });

  app.post("/", async ({ req, env }) => {
    const author = authorOf(req.raw.headers);
    const draft = parseDraft(await readJson(req.raw, [JSON_TYPE]));
    await permit(env.guard, "publish", draft.list);
    // The answer may contain the to-do that has this id already.
    if (draft.id !== undefined) await permit(env.guard, "history", draft.list);
    const created = await store.create(draft, author, env.guard?.user);
    if (created.kind === "done") changed();
    const { todo, status } = made(created);
    return json(todo, status, { ...versionOf(todo), location: `${PATH}/${todo.id}` });
  });

  app.get("/lists", async ({ req, env }) => {
    const query = parseListsQuery(new URL(req.url).searchParams);
    await permit(env.guard, "history", ALL);
    const { items, next } = await store.lists(query);
    return json({ lists: items, next: next === undefined ? null : writeCursor([next]) });
  });

  app.get("/:id", async ({ req, env }) => {
    const todo = await seen(env.guard, idOf(req.param("id")));
    if (!isKnown(req.header("if-none-match"), todo)) return json(todo, 200, versionOf(todo));
    return new Response(null, { status: 304, headers: { ...NEVER_STALE, ...versionOf(todo) } });
  });

  app.patch("/:id", async ({ req, env }) => {
    const accepts = admits(req.header("if-match"));
    const author = authorOf(req.raw.headers);
    const changes = parseChanges(await readJson(req.raw, PATCH_TYPES));
    const id = idOf(req.param("id"));
    await permitChange(env.guard, id);
    const todo = done(await store.update(id, changes, accepts, author));
    changed();
    return json(todo, 200, versionOf(todo));
  });

  app.delete("/:id", async ({ req, env }) => {
    const accepts = admits(req.header("if-match"));
    const author = authorOf(req.raw.headers);
    const id = idOf(req.param("id"));
    await permitChange(env.guard, id);
    done(await store.remove(id, accepts, author));
    changed();
    return new Response(null, { status: 204 });
  });

  /** @throws {Problem} 404 where the requester sees none */
  async function seen(guard: Guard | undefined, id: string): Promise<Todo> {
    const todo = await store.get(id);
    if (todo === undefined || !(await maySee(guard, todo.list))) throw missing();
    return todo;
  }

  /** A to-do never moves to another list, so this still holds when it is changed. */
  async function permitChange(guard: Guard | undefined, id: string): Promise<void> {
    if (guard === undefined) return;
    const { list } = await seen(guard, id);
    await permit(guard, "publish", list);
  }

  app.all("/", (c) => refuseMethod(c, "GET, HEAD, POST, OPTIONS"));
  app.all("/lists", (c) => refuseMethod(c, "GET, HEAD, OPTIONS"));
  app.all("/:id", (c) => refuseMethod(c, "GET, HEAD, PATCH, DELETE, OPTIONS"));
  app.notFound(() => new Problem(404, "not_found", "There is nothing at this address.").response());
  app.onError((error) => {
    if (error instanceof Problem) return error.response();
    if (error instanceof DamagedTodo) {
      onDamaged(error.id);
      const detail = "The record of this to-do is damaged; the server's log names it.";
      return new Problem(500, "damaged", detail).response();
    }
    if (error instanceof Unavailable) {
      throttled.error("todo.unavailable", error.message, { reason: error.message });
      return busy("The to-dos cannot be read or changed right now; try again.").response();
    }
    throttled.error("todo.fault", String(error), faultFields(error));
    return new Problem(500, "fault", "This is a fault of the server, and it is logged.").response();
  });
  return app;
}

function refuseMethod({ req }: Context, allow: string): Response {
  if (req.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  const detail = `Here it is ${allow.replace(/, (?=\w+$)/, " or ")}.`;
  throw new Problem(405, "wrong_method", detail, { headers: { allow } });
}

/** Any other text names no to-do, which needs no query. */
function idOf(text: string): string {
  if (!UUID.test(text)) throw missing();
  return text;
}

function made(created: Created): { readonly todo: Todo; readonly status: number } {
  switch (created.kind) {
    case "done":
      return { todo: created.todo, status: 201 };
    case "known":
      return { todo: created.todo, status: 200 };
    case "full":
      throw new Problem(409, "full", `This is one too many: ${created.what}.`);
    case "taken":
      throw new Problem(409, "taken", "This id is that of another to-do.");
    case "deleted":
      throw new Problem(410, "deleted", "This to-do was created, and has been deleted.");
  }
}

function done(changed: Awaited<ReturnType<TodoStore["update"]>>): Todo {
  switch (changed.kind) {
    case "done":
      return changed.todo;
    case "missing":
      throw missing();
    case "stale": {
      const detail = "Another request has changed this to-do meanwhile; current is its present state.";
      const { todo: current } = changed;
      throw new Problem(412, "stale", detail, { members: { current }, headers: versionOf(current) });
    }
  }
}

function missing(): Problem {
  return new Problem(404, "not_found", "There is no such to-do; it may have been deleted.");
}

function versionOf(todo: Todo) {
  return { etag: tagOf(todo) };
}

/** Caches revalidate every time. */
const NEVER_STALE = { "cache-control": "no-cache" };

function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": JSON_TYPE, ...NEVER_STALE, ...headers },
  });
}
