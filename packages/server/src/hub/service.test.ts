import { expect, test } from "bun:test";
import { Simulation } from "../../testing/simulation/simulation.ts";
import { DEFAULT_POLICIES } from "../config/policy.ts";
import { Service } from "./service.ts";

const ROOM = "todo:groceries";
const milk = (id: string, text = "milk") => ({ room: ROOM, type: "note", data: JSON.stringify(text), id });

function start(limits: object = {}) {
  const simulation = new Simulation({ policies: DEFAULT_POLICIES, limits });
  const node = simulation.node();
  return { ...simulation, simulation, node, service: new Service(node.hub, "todo") };
}

test("ROOM-4 ONCE-2 ONCE-3: a service publishes where no other client may, and its retries are recognised by id", async () => {
  const { clock, node, service } = start();
  const ada = node.client("ada");
  ada.join(ROOM);
  const results = Promise.all([
    service.publish(milk("a")),
    service.publish(milk("b")),
    service.publish(milk("a")),
    service.publish(milk("a", "cheese")),
  ]);
  await clock.settle();
  const kept = { kept: true, epoch: "life1" } as const;
  expect(await results).toEqual([
    { ...kept, offset: 1, duplicate: false },
    { ...kept, offset: 2, duplicate: false },
    { ...kept, offset: 1, duplicate: true },
    { kept: false, reason: "This id or number was used for another message.", retry: false },
  ]);
  expect(ada.messages(ROOM)).toMatchObject([
    { offset: 1, id: "a", from: "todo" },
    { offset: 2, id: "b" },
  ]);
});

test("KEEP-3: what cannot be kept may be kept later, and nothing is kept once the hub has closed", async () => {
  const { simulation, clock, node, service } = start();
  simulation.engine.commits = false;
  const failed = service.publish(milk("a"));
  await clock.settle();
  expect(await failed).toMatchObject({ kept: false, retry: true });
  simulation.engine.commits = true;
  const again = service.publish(milk("a"));
  await clock.settle();
  expect(await again).toMatchObject({ kept: true, duplicate: false });
  const closed = node.hub.close();
  await clock.settle();
  await closed;
  expect(await service.publish(milk("b"))).toMatchObject({ kept: false, retry: true });
});

test("FLOW-2: a service that publishes faster than is committed waits, and keeps its order", async () => {
  const { simulation, clock, node, service } = start({ uncommittedPerConnection: 2_000 });
  simulation.engine.newsLag = () => 1_000;
  const ids = Array.from({ length: 20 }, (_, i) => `m${i}`);
  const offsets: number[] = [];
  const publish = async (id: string) => {
    const result = await service.publish(milk(id, "x".repeat(500)));
    if (result.kept) offsets.push(result.offset);
  };
  for (const id of ids) void publish(id);
  expect(node.hub.uncommitted).toBeLessThan(3_000);
  await clock.advance(60_000);
  expect(offsets).toEqual(ids.map((_, i) => i + 1));
  expect(node.hub.uncommitted).toBe(0);
});
