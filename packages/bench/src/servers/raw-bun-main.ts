/** The program of a raw Bun server, the least code that fans out. */

import { serveRpc } from "../processes/rpc-server.ts";
import type { RawBunMethods } from "./raw-bun-process.ts";

const TOPIC = "all";
/** It pauses while more bytes than this wait for any subscriber, so that Bun drops nothing. */
const WAITING = 512 * 1024;

const subscribers: Bun.ServerWebSocket<undefined>[] = [];
let pumping = false;
let published = 0;

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, server) =>
    server.upgrade(request, { data: undefined }) ? undefined : new Response(null, { status: 426 }),
  websocket: {
    idleTimeout: 0,
    backpressureLimit: 64 * 1024 * 1024,
    closeOnBackpressureLimit: true,
    open(socket) {
      socket.subscribe(TOPIC);
      subscribers.push(socket);
    },
    message() {},
  },
});

function pump(text: string, perTurn: number): void {
  if (!pumping) return;
  if (subscribers.every((socket) => socket.getBufferedAmount() <= WAITING)) {
    for (let count = 0; count < perTurn; count += 1) server.publish(TOPIC, text);
    published += perTurn;
  }
  setImmediate(pump, text, perTurn);
}

serveRpc<RawBunMethods>({
  listen: () => ({ port: server.port ?? 0 }),
  pump: ({ text, perTurn }) => {
    pumping = true;
    pump(text, perTurn);
    return null;
  },
  stop: () => {
    pumping = false;
    return { published };
  },
});
