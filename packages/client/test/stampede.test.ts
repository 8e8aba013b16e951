import { expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { until } from "./support/until.ts";

const CLIENTS = 1_000;
const SLOTS = 10;
/** Ms over which the first attempts are spread. */
const WINDOW = 2_000;

test("1,000 clients that lose their server at once come back spread out, all of them", async () => {
  await using server = await RestartableServer.start();
  const clients = Array.from(
    { length: CLIENTS },
    (_, i) =>
      new Fanfare(server.url, {
        user: `client-${i}`,
        backoff: { min: WINDOW, max: WINDOW },
        connectTimeout: 60_000,
      }),
  );
  try {
    // A few at a time: a listener's backlog is not what is tested.
    for (let i = 0; i < CLIENTS; i += 50) {
      await Promise.all(clients.slice(i, i + 50).map((client) => client.connect()));
    }
    const delays: number[] = [];
    for (const client of clients) {
      const unsubscribe = client.state.listen((state) => {
        if (state.status !== "offline") return;
        unsubscribe();
        delays.push(state.retryAt - Date.now());
      });
    }
    await server.kill();
    await Promise.all(clients.map((client) => until(client.state, ({ status }) => status === "offline")));
    await server.restart();
    await Promise.all(clients.map((client) => until(client.state, ({ status }) => status === "online")));

    expect(delays.length).toBe(CLIENTS);
    const slots = Array.from({ length: SLOTS }, () => 0);
    for (const delay of delays) {
      const slot = Math.max(0, Math.min(SLOTS - 1, Math.floor((delay / WINDOW) * SLOTS)));
      slots[slot] = (slots[slot] ?? 0) + 1;
    }
    const lines = slots.map((count, i) => {
      const from = String((i * WINDOW) / SLOTS).padStart(5);
      return `${from} ms ${String(count).padStart(4)} ${"#".repeat(Math.round(count / 4))}`;
    });
    console.log(`delays of ${CLIENTS} clients that were cut off at once:\n${lines.join("\n")}`);
    expect(Math.max(...delays)).toBeLessThanOrEqual(WINDOW);
    // 100 are expected in each; 5 standard deviations off is less than one run in 100,000.
    for (const count of slots) {
      expect(count).toBeGreaterThan(50);
      expect(count).toBeLessThan(150);
    }
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
});
