import { type HttpHandler, isAbandoned, type Requester } from "@fanfare/server";
import { readBytes } from "./http/body.ts";
import { busy, PATH, Problem } from "./http/problem.ts";
import { namedHeaders, requesterOf } from "./http/requester.ts";
import { FIXED_LIMITS } from "./limits.ts";
import type { TodoServiceOptions } from "./local-service.ts";
import { RequestSlots } from "./request-slots.ts";
import { NewerSchema } from "./store/newer-schema.ts";
import { OutOfSpace, Unavailable } from "./store/unavailable.ts";
import type { FromWorker, SerializedRequest, SerializedResponse, ToWorker } from "./thread/messages.ts";
import { within } from "./within.ts";

/** Milliseconds that `close` waits for requests to end; then as long for the relay, and for the database. */
const PATIENCE = 1_000;

/**
 * The to-do service: an SQL store, REST, and notifications to the rooms of the lists. It runs in a thread of its own.
 * @throws {Unavailable} if the database is not available, {NewerSchema} if it is not for this version
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
  readonly #calls = new Map<number, (answer: SerializedResponse | undefined) => void>();
  /** The requester of each call, where permissions are checked. */
  readonly #requesters = new Map<number, Requester>();
  readonly #slots = new RequestSlots();
  #serial = 0;
  #underWay = 0;
  #idle = () => {};
  #closing: Promise<void> | undefined;
  #failed = false;

  constructor(private readonly options: TodoServiceOptions) {
    this.opened = this.#opening.promise;
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(event.message);
    });
    this.#worker.addEventListener("close", () => this.#fail("it has ended"));
    const { database, limits } = options;
    this.#send({ kind: "open", database, ...(limits && { limits }) });
  }

  /** Answers requests under `/api/todos`. */
  readonly handle: HttpHandler = (request, address) => {
    if (!isTodoRequest(request)) return undefined;
    if (this.#closing !== undefined) return busy("The server is stopping.").response();
    if (this.#failed) return busy("The to-do service has ended; the server's log says why.").response();
    if (this.#underWay >= FIXED_LIMITS.requests)
      return busy("Too many requests are under way; try again.").response();
    return this.#answer(request, address);
  };

  /** Refuses new requests, waits for those under way, and publishes what it can. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #answer(request: Request, address: string | undefined): Promise<Response> {
    this.#underWay++;
    const call = ++this.#serial;
    let freeSlots = () => {};
    try {
      const { authorize } = this.options;
      const requester = authorize && (await requesterOf(authorize, request));
      if (requester !== undefined || address !== undefined) {
        const taken = this.#slots.take(requester?.user, address);
        if (taken === undefined)
          return busy("Too many of your requests are under way; try again.").response();
        freeSlots = taken;
      }
      const asked = await read(request, requester);
      if (isChange(request) && (await isAbandoned(request))) {
        return new Problem(400, "abandoned", "Another request came before the answer.").response();
      }
      if (requester !== undefined) this.#requesters.set(call, requester);
      if (this.#failed) return busy("The to-do service has ended.").response();
      const answer = await new Promise<SerializedResponse | undefined>((resolve) => {
        this.#calls.set(call, resolve);
        this.#send({ kind: "request", call, request: asked });
      });
      return answer === undefined ? busy("The to-do service has ended.").response() : write(answer);
    } catch (error) {
      if (error instanceof Problem) return error.response();
      throw error;
    } finally {
      this.#requesters.delete(call);
      freeSlots();
      this.#underWay--;
      if (this.#underWay === 0) this.#idle();
    }
  }

  async #close(): Promise<void> {
    await this.opened.catch(() => {});
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
      if (this.#underWay === 0) resolve();
    });
    await within(PATIENCE, idle);
    if (!this.#failed) this.#send({ kind: "close" });
    await within(2 * PATIENCE, this.#ended.promise);
    this.#worker.terminate();
    this.#fail(undefined);
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "opened":
        this.#opening.resolve();
        return;
      case "refused":
        this.#opening.reject(failureOf(message));
        this.#fail(undefined);
        this.#worker.terminate();
        return;
      case "answer":
        this.#calls.get(message.call)?.(message.answer);
        this.#calls.delete(message.call);
        return;
      case "publish": {
        const { call, notification } = message;
        void this.#publish(notification).then((result) => this.#send({ kind: "published", call, result }));
        return;
      }
      case "permit": {
        const { call, request, permission, room } = message;
        const requester = this.#requesters.get(request);
        const lacks = requester === undefined ? "The request has ended." : requester.lacks(permission, room);
        this.#send({ kind: "verdict", call, lacks });
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

  /** @param why undefined for an intended end */
  #fail(why: string | undefined): void {
    if (this.#failed) return;
    this.#failed = true;
    if (why !== undefined && this.#closing === undefined)
      this.options.log.error("todo.lost", { reason: why });
    this.#opening.reject(new Error(`the thread of the to-dos has failed: ${why}`));
    this.#ended.resolve();
    for (const resolve of this.#calls.values()) resolve(undefined);
    this.#calls.clear();
  }
}

/** Whether the to-do service answers this request. */
export function isTodoRequest({ url }: Request): boolean {
  const { pathname } = new URL(url);
  return pathname === PATH || pathname.startsWith(`${PATH}/`);
}

function isChange({ method }: Request): boolean {
  return method !== "GET" && method !== "HEAD";
}

async function read(request: Request, requester: Requester | undefined): Promise<SerializedRequest> {
  const { method, url } = request;
  const headers = [...(requester === undefined ? request.headers : namedHeaders(request.headers, requester))];
  const { user } = requester ?? {};
  const asked = {
    method,
    url,
    headers,
    guarded: requester !== undefined,
    ...(user !== undefined && { user }),
  };
  if (request.body === null || !isChange(request)) return asked;
  return { ...asked, body: await readBytes(request) };
}

function write({ status, headers, body }: SerializedResponse): Response {
  return new Response(body === "" ? null : body, { status, headers: [...headers] });
}

function failureOf({ why, message }: Extract<FromWorker, { kind: "refused" }>): Error {
  switch (why) {
    case "newer":
      return new NewerSchema(message);
    case "out-of-space":
      return new OutOfSpace(message);
    case "unavailable":
      return new Unavailable(message);
    case "fault":
      return new Error(message);
  }
}
