import { describe, expect, test } from "bun:test";
import { CLOSE } from "@fanfare/protocol";
import { GUEST } from "../../test/support/guest.ts";
import { DialectClient } from "../../testing/dialect-contract.ts";
import { Simulation } from "../../testing/simulation/simulation.ts";
import { echo } from "../dialects/echo/echo.ts";
import { mirror } from "../dialects/mirror/mirror.ts";
import { FAULTS_ALONE } from "../telemetry/log.ts";

const HOUR = 3_600_000;

function start() {
  const simulation = new Simulation();
  const { clock } = simulation;
  const node = simulation.node();
  const proof = { token: "t", expires: clock.now() + 600_000 };
  return { clock, node, proof, client: node.client({ user: "ada", proof }) };
}

describe("a clock that is set past the end of a token", () => {
  test("AUTH-14: the next request of each kind is refused, and closes the connection with 4003", async () => {
    const requests = [
      ["publish", ({ client }: ReturnType<typeof start>) => client.publish("r", 1)],
      ["event", ({ client }) => client.event("r", "cursor", 1)],
      ["join", ({ client }) => client.join("other")],
      ["listen", ({ client }) => client.listen("o*")],
      ["history", ({ client }) => client.history("r", { after: 0 }, { count: 1, bytes: 1 }, [])],
      ["members", ({ client }) => client.members("r")[0]],
    ] as const satisfies readonly (readonly [string, (at: ReturnType<typeof start>) => unknown])[];
    for (const [name, request] of requests) {
      const place = start();
      place.client.join("r");
      await place.clock.settle();
      place.clock.set(HOUR);
      expect([name, request(place)]).toMatchObject([name, { name: "unauthorized" }]);
      expect([name, place.client.socket.farewell]).toEqual([name, CLOSE.expired]);
      await place.clock.settle();
      expect(place.client.outcomes()).toEqual([]);
    }
  });

  test("AUTH-14: a connection that asks for nothing is closed within a minute", async () => {
    const { clock, client } = start();
    client.join("r");
    await clock.settle();
    clock.set(HOUR);
    await clock.advance(60_000);
    expect(client.socket.farewell).toEqual(CLOSE.expired);
  });

  test("AUTH-14: echo and mirror answer nothing more", async () => {
    for (const dialect of [echo(FAULTS_ALONE), mirror]) {
      const { clock, node, proof } = start();
      const caller = { kind: "user", user: "ada", proof } as const;
      const request = { name: undefined, query: new URLSearchParams(), prefix: "", ...GUEST, caller };
      const client = new DialectClient(node, dialect, request, () => clock.settle());
      await client.send("one");
      clock.set(HOUR);
      await client.send("two");
      expect(client.frames).toHaveLength(1);
      expect(client.socket.farewell).toEqual(CLOSE.expired);
    }
  });
});

test("AUTH-14: where the clock is set back a token lasts until its end by that clock", async () => {
  const { clock, client } = start();
  clock.set(-HOUR);
  await clock.advance(HOUR);
  expect(client.socket.ended).toBe(false);
  expect(client.publish("r", 1)).toBeUndefined();
  await clock.advance(600_000);
  expect(client.socket.farewell).toEqual(CLOSE.expired);
});
