import type { Authorize, Log } from "@fanfare/server";
import type { Guard } from "./http/guard.ts";
import { routes } from "./http/routes.ts";
import { DEFAULT_TODO_LIMITS, type TodoLimits } from "./limits.ts";
import { type Publish, Relay } from "./relay.ts";
import { Database, type DatabaseAddress } from "./store/database.ts";
import { migrate } from "./store/migrations.ts";
import { Outbox } from "./store/outbox.ts";
import { TodoStore } from "./store/todo-store.ts";
import { within } from "./within.ts";

export interface TodoServiceOptions {
  readonly database: DatabaseAddress;
  readonly limits?: TodoLimits;
  /** Where notifications go. */
  readonly publish: Publish;
  readonly log: Log;
  /** Says who asks, and what that one may do; unless given, everyone may do everything. */
  readonly authorize?: Authorize;
}

/** The service in the thread that calls it, which it blocks while SQLite works. */
export interface LocalService {
  /** @param guard unless given, everyone may do everything */
  handle(request: Request, guard?: Guard): Response | Promise<Response>;
  /** Tells what can be told soon. Nothing may be under way any more. */
  close(): Promise<void>;
}

/** How often to look for the changes of other processes, in ms; PostgreSQL alone has them. */
const GLANCE = 500;
/** What can be told within so many ms is told before the end. */
const PATIENCE = 1_000;

/** @throws {Unavailable} if the database cannot be had, {NewerTables} if it is not for this version */
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
  const relay = new Relay(new Outbox(database), publish, log, several ? GLANCE : undefined);
  const app = routes(new TodoStore(database, limits), () => relay.wake(), log);
  return {
    handle: (request, guard) => app.fetch(request, guard ? { guard } : {}),
    async close() {
      await within(PATIENCE, relay.close());
      await database.close();
    },
  };
}
