import {
  configuredEngine,
  type FanfareServer,
  type HttpHandler,
  type Log,
  limitValues,
} from "@fanfare/server";
import {
  type DatabaseAddress,
  isTodoRequest,
  NewerSchema,
  openTodoService,
  TODO_LIMITS,
  type TodoLimits,
  type TodoService,
  Unavailable,
} from "@fanfare/todo";
import { engineConfigOf } from "./configuration/configuration.ts";
import { withoutPassword } from "./configuration/database-url.ts";
import type { ResolvedSettings } from "./configuration/resolved-settings.ts";
import { UsageError } from "./usage-error.ts";

/** The service's name, under which it publishes to the rooms of the lists. */
const NAME = "todo";

/**
 * The to-do service of this server. It opens after the hub, which it publishes to, and before the server listens;
 * requests wait until it is open.
 */
export class Todos {
  readonly #opened = Promise.withResolvers<TodoService>();

  constructor(
    private readonly database: DatabaseAddress,
    private readonly limits: TodoLimits,
    private readonly log: Log,
  ) {
    this.#opened.promise.catch(() => {}); // `open` throws it
  }

  readonly handle: HttpHandler = (request, address) =>
    isTodoRequest(request) ? this.#answer(request, address) : undefined;

  /** @throws {UsageError} where the database cannot be used */
  async open(server: FanfareServer): Promise<void> {
    const { database, limits, log } = this;
    try {
      const service = server.service(NAME);
      this.#opened.resolve(
        await openTodoService({
          database,
          limits,
          log,
          publish: (notification) => service.publish(notification),
          authorize: server.authorize,
        }),
      );
    } catch (error) {
      this.#opened.reject(error);
      if (error instanceof NewerSchema) throw new UsageError(explain(database, `is newer: ${error.message}`));
      if (error instanceof Unavailable)
        throw new UsageError(explain(database, `cannot be used: ${error.message}`));
      throw error;
    }
  }

  /** Called before the server stops, so that members still receive the last changes. */
  async close(): Promise<void> {
    const service = await this.#opened.promise.catch(() => undefined);
    await service?.close();
  }

  async #answer(request: Request, address: string | undefined): Promise<Response> {
    const service = await this.#opened.promise.catch(() => undefined);
    return service?.handle(request, address) ?? new Response(null, { status: 503 });
  }
}

/** PostgreSQL where there is an address; else a file beside the messages, or memory like theirs. */
export function databaseOf(settings: ResolvedSettings): DatabaseAddress {
  const url = settings["todo.database"].value;
  if (url !== undefined) return { kind: "postgres", url };
  const { directory } = configuredEngine(engineConfigOf(settings));
  return { kind: "sqlite", file: directory === undefined ? ":memory:" : `${directory}/todos.sqlite` };
}

export function todoLimitsOf(settings: ResolvedSettings): TodoLimits {
  return limitValues(TODO_LIMITS, ({ key }) => settings[key].value);
}

function explain(database: DatabaseAddress, what: string): string {
  return database.kind === "sqlite"
    ? `the to-do database ${database.file} ${what}; mend it, or choose another directory with --data`
    : `the to-do database ${withoutPassword(database.url)} ${what}; mend it, or correct --todo-database`;
}
