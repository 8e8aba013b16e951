import type { FanfareServer, Log } from "@fanfare/server";
import { openServer } from "@fanfare/testing/test-server";
import { TodoClient } from "@fanfare/testing/todo-client";
import { type DatabaseAddress, openTodoService, type Publish, type TodoService } from "@fanfare/todo";

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

interface Options {
  /** Between the service and the server. */
  readonly through?: (publish: Publish) => Publish;
  readonly log?: Log;
}

/** A server with the to-do service, in this process. */
export class TodoServer implements AsyncDisposable {
  private constructor(
    readonly server: FanfareServer & AsyncDisposable,
    readonly service: TodoService,
  ) {}

  static async open(database: DatabaseAddress, options: Options = {}): Promise<TodoServer> {
    const ready = Promise.withResolvers<TodoService>();
    const server = await openServer({
      http: async (request) => (await ready.promise).handle(request) ?? new Response("", { status: 404 }),
    });
    try {
      const todos = server.service("todo");
      const publish: Publish = (notification) => todos.publish(notification);
      const { through = (same: Publish) => same, log = SILENT } = options;
      const service = await openTodoService({ database, publish: through(publish), log });
      ready.resolve(service);
      return new TodoServer(server, service);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): URL {
    return this.server.url;
  }

  /** @param user whose changes they are */
  client(user?: string): TodoClient {
    return new TodoClient(this.url, user);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.close();
    await this.server[Symbol.asyncDispose]();
  }
}
