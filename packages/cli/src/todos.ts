import {
  configuredEngine,
  type FanfareServer,
  type HttpHandler,
  type Log,
  limitValues,
} from "@fanfare/server";
import {
  busy,
  type DatabaseAddress,
  IN_MEMORY,
  isTodoRequest,
  NewerSchema,
  OutOfSpace,
  openTodoService,
  type Publish,
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

/** Milliseconds between two tries to open the database on a full disk. */
const RETRY_MS = 1_000;

/**
 * The to-do service of this server. It opens after the hub, which it publishes to, and before the server listens;
 * requests wait until then. Where the disk is full, the server starts without it, and it opens once there is room.
 */
export class Todos {
  readonly #tried = Promise.withResolvers<void>();
  #service: TodoService | undefined;
  #isOutOfSpace = false;
  #isClosing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retry = Promise.resolve();

  constructor(
    private readonly database: DatabaseAddress,
    private readonly limits: TodoLimits,
    private readonly log: Log,
  ) {}

  readonly handle: HttpHandler = (request, address) =>
    isTodoRequest(request) ? this.#answer(request, address) : undefined;

  /** @throws {UsageError} where the database cannot be used */
  async open(server: FanfareServer): Promise<void> {
    try {
      await this.#open(server);
    } finally {
      this.#tried.resolve();
    }
  }

  /** Called before the server stops, so that members still receive the last changes. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#tried.promise, this.#retry]);
    await this.#service?.close();
  }

  async #open(server: FanfareServer): Promise<void> {
    const { database, limits, log } = this;
    const { authorize } = server;
    const service = server.service(NAME);
    const publish: Publish = (notification) => service.publish(notification);
    try {
      this.#service = await openTodoService({ database, limits, log, authorize, publish });
      if (this.#isOutOfSpace) log.info("todo.recovered");
    } catch (error) {
      if (!(error instanceof OutOfSpace)) throw explained(error, database);
      if (!this.#isOutOfSpace) log.error("todo.unavailable", { reason: error.message });
      this.#isOutOfSpace = true;
      this.#openLater(server);
    }
  }

  #openLater(server: FanfareServer): void {
    if (this.#isClosing) return;
    this.#timer = setTimeout(() => {
      this.#retry = this.#open(server).catch((error) => {
        this.log.error("todo.lost", { reason: error instanceof Error ? error.message : String(error) });
      });
    }, RETRY_MS);
  }

  async #answer(request: Request, address: string | undefined): Promise<Response> {
    await this.#tried.promise;
    return (
      this.#service?.handle(request, address) ??
      busy("The to-dos' database cannot be opened right now; try again.").response()
    );
  }
}

/** PostgreSQL where there is an address; else a file beside the messages, or memory like theirs. */
export function databaseOf(settings: ResolvedSettings): DatabaseAddress {
  const url = settings["todo.database"].value;
  if (url !== undefined) return { kind: "postgres", url };
  const { directory } = configuredEngine(engineConfigOf(settings));
  return { kind: "sqlite", file: directory === undefined ? IN_MEMORY : `${directory}/todos.sqlite` };
}

export function todoLimitsOf(settings: ResolvedSettings): TodoLimits {
  return limitValues(TODO_LIMITS, ({ key }) => settings[key].value);
}

function explained(error: unknown, database: DatabaseAddress): unknown {
  if (error instanceof NewerSchema) return new UsageError(explain(database, `is newer: ${error.message}`));
  if (error instanceof Unavailable)
    return new UsageError(explain(database, `cannot be used: ${error.message}`));
  return error;
}

function explain(database: DatabaseAddress, what: string): string {
  return database.kind === "sqlite"
    ? `the to-do database ${database.file} ${what}; mend it, or choose another directory with --data`
    : `the to-do database ${withoutPassword(database.url)} ${what}; mend it, or correct --todo-database`;
}
