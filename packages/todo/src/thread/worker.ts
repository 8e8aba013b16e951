/** The thread of the to-dos' database, so that no fsync and no lock blocks a socket. */
import type { Log } from "@fanfare/server";
import type { Guard } from "../http/guard.ts";
import { type LocalService, openLocalService } from "../local-service.ts";
import type { Publish } from "../relay.ts";
import { NewerSchema } from "../store/newer-schema.ts";
import { OutOfSpace, Unavailable } from "../store/unavailable.ts";
import type { FromWorker, PublishResult, RefusalKind, SerializedRequest, ToWorker } from "./messages.ts";

declare const self: Worker;

const send = (message: FromWorker) => self.postMessage(message);

let service: LocalService | undefined;
let calls = 0;
const results = new Map<number, (result: PublishResult) => void>();

const publish: Publish = (notification) =>
  new Promise((resolve) => {
    results.set(++calls, resolve);
    send({ kind: "publish", call: calls, notification });
  });

const verdicts = new Map<number, (lacks: string | undefined) => void>();

/** The hub decides what is allowed, in the server's thread. */
const guardOf = (request: number, user: string | undefined): Guard => ({
  ...(user !== undefined && { user }),
  lacks: (permission, room) =>
    new Promise((resolve) => {
      verdicts.set(++calls, resolve);
      send({ kind: "permit", call: calls, request, permission, room });
    }),
});

const at =
  (level: keyof Log): Log["info"] =>
  (event, fields) =>
    send({ kind: "log", level, event, fields });
const log: Log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.kind) {
    case "open":
      void open(data).then((opened) => {
        service = opened;
        send({ kind: "opened" });
      }, refuse);
      return;
    case "request":
      void answer(data.call, data.request);
      return;
    case "published":
      results.get(data.call)?.(data.result);
      results.delete(data.call);
      return;
    case "verdict":
      verdicts.get(data.call)?.(data.lacks);
      verdicts.delete(data.call);
      return;
    case "close":
      void Promise.resolve(service?.close()).finally(() => send({ kind: "closed" }));
  }
};

function open({ database, limits }: Extract<ToWorker, { kind: "open" }>): Promise<LocalService> {
  return openLocalService({ database, publish, log, ...(limits && { limits }) });
}

function refuse(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  send({ kind: "refused", why: kindOf(error), message });
}

async function answer(
  call: number,
  { method, url, headers, body, guarded, user }: SerializedRequest,
): Promise<void> {
  const request = new Request(url, { method, headers: [...headers], ...(body && { body }) });
  const response =
    (await service?.handle(request, guarded ? guardOf(call, user) : undefined)) ??
    new Response(null, { status: 503 });
  const { status } = response;
  send({
    kind: "answer",
    call,
    answer: { status, headers: [...response.headers], body: await response.text() },
  });
}

function kindOf(error: unknown): RefusalKind {
  if (error instanceof NewerSchema) return "newer";
  if (error instanceof OutOfSpace) return "out-of-space";
  return error instanceof Unavailable ? "unavailable" : "fault";
}
