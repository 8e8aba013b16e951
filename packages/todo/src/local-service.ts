import type { Authorize, Log } from "@fanfare/server";
import type { Guard } from "./http/guard.ts";
import { routes } from "./http/routes.ts";
import { DEFAULT_TODO_LIMITS, FIXED_LIMITS, type TodoLimits } from "./limits.ts";
import { type Publish, Relay } from "./relay.ts";
import { Database, type DatabaseAddress } from "./store/database.ts";
import { migrate } from "./store/migrations.ts";
import { NotificationOutbox } from "./store/notification-outbox.ts";
import { TodoStore } from "./store/todo-store.ts";
import { within } from "./within.ts";

export interface TodoServiceOptions {
  readonly database: DatabaseAddress;
  readonly limits?: TodoLimits;
  /** Where notifications go. */
  readonly publish: Publish;
  readonly log: Log;
  /** Resolves the requester and its permissions; unless given, everyone may do everything. */
  readonly authorize?: Authorize;
}

/** The service in the calling thread, which it blocks while SQLite works. */
export interface LocalService {
  /** @param guard unless given, everyone may do everything */
  handle(request: Request, guard?: Guard): Response | Promise<Response>;
  /** Publishes what it can publish within a second. The caller lets requests end first. */
  close(): Promise<void>;
}

/** Milliseconds between two looks for the changes of other processes, which only PostgreSQL has. */
const POLL = 500;
/** Milliseconds that `close` waits for the relay. */
const PATIENCE = 1_000;

/** @throws {Unavailable} if the database is not available, {NewerSchema} if it is not for this version */
export async function openLocalService({
  database: address,
  limits = DEFAULT_TODO_LIMITS,
  publish,
  log,
}: Omit<TodoServiceOptions, "authorize">): Promise<LocalService> {
  const database = await Database.open(address);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  const several = address.kind === "postgres";
  const relay = new Relay(new NotificationOutbox(database), publish, log, several ? POLL : undefined);
  const onDamaged = oncePerId((id) => log.error("todo.damaged", { id }));
  const store = new TodoStore(database, limits, Date.now, FIXED_LIMITS.deletedKnown, onDamaged);
  const app = routes(store, () => relay.wake(), log, onDamaged);
  return {
    handle: (request, guard) => app.fetch(asGet(request), guard ? { guard } : {}),
    async close() {
      await within(PATIENCE, relay.close());
      await database.close();
    },
  };
}

/** The server sends no body to HEAD; it needs the one of GET for Content-Length, and Hono leaves it out (SPEC HTTP-22). */
function asGet(request: Request): Request {
  return request.method === "HEAD" ? new Request(request, { method: "GET" }) : request;
}

/** Calls `report` once for each of the last 1,000 ids. */
function oncePerId(report: (id: string) => void): (id: string) => void {
  const reported = new Set<string>();
  return (id) => {
    if (reported.has(id)) return;
    if (reported.size >= 1_000) reported.clear();
    reported.add(id);
    report(id);
  };
}
