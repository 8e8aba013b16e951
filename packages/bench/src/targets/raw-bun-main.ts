/** The program of a raw Bun server: the least that fans out, to compare with. */

import { answerOrders } from "../processes/answer-orders.ts";
import type { RawBunOrders } from "./raw-bun-orders.ts";

const TOPIC = "everybody";
/** While more than this waits for any subscriber, nothing is published: so nothing is dropped, either. */
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

answerOrders<RawBunOrders>({
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
