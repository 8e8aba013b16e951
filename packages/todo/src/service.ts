import type { HttpHandler, Requester } from "@fanfare/server";
import { askerOf, namedHeaders } from "./http/asker.ts";
import { readBytes } from "./http/body.ts";
import { busy, PATH, Problem } from "./http/problem.ts";
import { FIXED_LIMITS } from "./limits.ts";
import type { TodoServiceOptions } from "./local-service.ts";
import { NewerTables } from "./store/newer-tables.ts";
import { Unavailable } from "./store/unavailable.ts";
import type { Answered, Asked, FromTodos, ToTodos } from "./thread/messages.ts";
import { within } from "./within.ts";

/** What is under way gets so many ms to end; what is left to be told, and the database, as much again each. */
const PATIENCE = 1_000;

/**
 * The to-do service: an SQL store, REST, and notifications to the rooms of the lists. It runs in a thread of its own.
 * @throws {Unavailable} if the database cannot be had, {NewerTables} if it is not for this version
 */
export async function openTodoService(options: TodoServiceOptions): Promise<TodoService> {
  const service = new TodoService(options);
  await service.opened;
  return service;
}

export class TodoService {
  readonly opened: Promise<void>;
  readonly #worker = new Worker(new URL("./thread/worker.ts", import.meta.url));
  readonly #opening = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #calls = new Map<number, (answer: Answered | undefined) => void>();
  /** Who asked by each call, where somebody looks at that. */
  readonly #askers = new Map<number, Requester>();
  /** Requests under way, by the user; `""` for guests. */
  readonly #places = new Map<string, number>();
  #serial = 0;
  #underWay = 0;
  #idle = () => {};
  #closing: Promise<void> | undefined;
  #lost = false;

  constructor(private readonly options: TodoServiceOptions) {
    this.opened = this.#opening.promise;
    this.#worker.onmessage = ({ data }: MessageEvent<FromTodos>) => this.#hear(data);
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#lose(event.message);
    });
    this.#worker.addEventListener("close", () => this.#lose("it has ended"));
    const { database, limits } = options;
    this.#tell({ kind: "open", database, ...(limits && { limits }) });
  }

  /** Answers what is under `/api/todos`. */
  readonly handle: HttpHandler = (request) => {
    if (!isTodoRequest(request)) return undefined;
    if (this.#closing !== undefined) return busy("The server is stopping.").response();
    if (this.#lost) return busy("The to-do service has ended; the server's log says why.").response();
    if (this.#underWay >= FIXED_LIMITS.requests)
      return busy("Too many requests are under way; try again.").response();
    return this.#answer(request);
  };

  /** Takes nothing new, lets what is under way end, and tells what can be told. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #answer(request: Request): Promise<Response> {
    this.#underWay++;
    const call = ++this.#serial;
    let place: string | undefined;
    try {
      const { authorize } = this.options;
      const asker = authorize && (await askerOf(authorize, request));
      if (asker !== undefined) {
        place = this.#takePlace(asker);
        if (place === undefined)
          return busy("Too many of your requests are under way; try again.").response();
      }
      const asked = await read(request, asker);
      if (asker !== undefined) this.#askers.set(call, asker);
      if (this.#lost) return busy("The to-do service has ended.").response();
      const answer = await new Promise<Answered | undefined>((resolve) => {
        this.#calls.set(call, resolve);
        this.#tell({ kind: "request", call, request: asked });
      });
      return answer === undefined ? busy("The to-do service has ended.").response() : write(answer);
    } catch (error) {
      if (error instanceof Problem) return error.response();
      throw error;
    } finally {
      this.#askers.delete(call);
      if (place !== undefined) this.#leavePlace(place);
      this.#underWay--;
      if (this.#underWay === 0) this.#idle();
    }
  }

  /** @returns undefined where all of its places are taken */
  #takePlace({ user = "" }: Requester): string | undefined {
    const taken = this.#places.get(user) ?? 0;
    if (taken >= (user === "" ? FIXED_LIMITS.requestsOfGuests : FIXED_LIMITS.requestsPerUser))
      return undefined;
    this.#places.set(user, taken + 1);
    return user;
  }

  #leavePlace(user: string): void {
    const taken = (this.#places.get(user) ?? 1) - 1;
    if (taken > 0) this.#places.set(user, taken);
    else this.#places.delete(user);
  }

  async #close(): Promise<void> {
    await this.opened.catch(() => {});
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
      if (this.#underWay === 0) resolve();
    });
    await within(PATIENCE, idle);
    if (!this.#lost) this.#tell({ kind: "close" });
    await within(2 * PATIENCE, this.#ended.promise);
    this.#worker.terminate();
    this.#lose(undefined);
  }

  #tell(message: ToTodos): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromTodos): void {
    switch (message.kind) {
      case "opened":
        this.#opening.resolve();
        return;
      case "refused":
        this.#opening.reject(failureOf(message));
        this.#lose(undefined);
        this.#worker.terminate();
        return;
      case "answer":
        this.#calls.get(message.call)?.(message.answer);
        this.#calls.delete(message.call);
        return;
      case "publish": {
        const { call, notification } = message;
        void this.#publish(notification).then((receipt) => this.#tell({ kind: "receipt", call, receipt }));
        return;
      }
      case "permit": {
        const { call, request, permission, room } = message;
        const asker = this.#askers.get(request);
        const lacks = asker === undefined ? "Nobody waits for this any more." : asker.lacks(permission, room);
        this.#tell({ kind: "verdict", call, lacks });
        return;
      }
      case "log":
        this.options.log[message.level](message.event, message.fields);
        return;
      case "closed":
        this.#ended.resolve();
    }
  }

  async #publish(notification: Parameters<TodoServiceOptions["publish"]>[0]) {
    try {
      return await this.options.publish(notification);
    } catch (error) {
      return { kept: false, retry: true, reason: String(error) } as const;
    }
  }

  /** @param why undefined where it was meant to end */
  #lose(why: string | undefined): void {
    if (this.#lost) return;
    this.#lost = true;
    if (why !== undefined && this.#closing === undefined)
      this.options.log.error("todo.lost", { reason: why });
    this.#opening.reject(new Error(`the thread of the to-dos has failed: ${why}`));
    this.#ended.resolve();
    for (const resolve of this.#calls.values()) resolve(undefined);
    this.#calls.clear();
  }
}

/** Whether it is for a to-do service to answer. */
export function isTodoRequest({ url }: Request): boolean {
  const { pathname } = new URL(url);
  return pathname === PATH || pathname.startsWith(`${PATH}/`);
}

async function read(request: Request, asker: Requester | undefined): Promise<Asked> {
  const { method, url } = request;
  const headers = [...(asker === undefined ? request.headers : namedHeaders(request.headers, asker))];
  const { user } = asker ?? {};
  const asked = { method, url, headers, guarded: asker !== undefined, ...(user !== undefined && { user }) };
  if (request.body === null || method === "GET" || method === "HEAD") return asked;
  return { ...asked, body: await readBytes(request) };
}

function write({ status, headers, body }: Answered): Response {
  return new Response(body === "" ? null : body, { status, headers: [...headers] });
}

function failureOf({ why, message }: Extract<FromTodos, { kind: "refused" }>): Error {
  if (why === "newer") return new NewerTables(message);
  return why === "unavailable" ? new Unavailable(message) : new Error(message);
}
