import { expect, test } from "bun:test";
import { Simulation } from "../../testing/simulation/simulation.ts";
import { DEFAULT_POLICIES, DEFAULT_POLICY, matches, policyFor } from "../config/policy.ts";

const policies = [
  { ...DEFAULT_POLICY, pattern: "quiet", presence: false, events: false },
  { ...DEFAULT_POLICY, pattern: "small:*", maxMembers: 2, maxDataBytes: 10 },
  ...DEFAULT_POLICIES,
];

function start() {
  const simulation = new Simulation({ policies });
  return { clock: simulation.clock, node: simulation.node(), simulation };
}

test("ROOM-4: the first policy that matches holds: a name, a prefix, or everything", () => {
  expect(policyFor(policies, "quiet").presence).toBe(false);
  expect(policyFor(policies, "quiet:er").presence).toBe(true);
  expect(policyFor(policies, "small:talk").maxMembers).toBe(2);
  expect(policyFor(policies, "board:main").history.count).toBe(Number.POSITIVE_INFINITY);
  expect(policyFor(policies, "chat:lobby")).toEqual(DEFAULT_POLICY);
  expect(matches("*", "anything")).toBe(true);
  expect(matches("a*", "b")).toBe(false);
});

test("ROOM-4, PUB-3: in todo:* the service alone publishes", async () => {
  const { clock, node } = start();
  const guest = node.client("ada");
  const service = node.client({ user: "todo", service: true });
  guest.join("todo:groceries");
  expect(guest.publish("todo:groceries", "milk")).toMatchObject({ name: "forbidden" });
  expect(service.publish("todo:groceries", "milk")).toBeUndefined();
  await clock.settle();
  expect(guest.messages("todo:groceries")).toMatchObject([{ offset: 1, from: "todo" }]);
});

test("EVENT-4: where only the service publishes, only the service sends events of its types", async () => {
  const alerts = { ...DEFAULT_POLICY, pattern: "alerts", publish: "service" } as const;
  const denied: string[] = [];
  const audit = {
    denied: (_: unknown, permission: string, room: string) => void denied.push(`${permission} ${room}`),
    tokenRefused() {},
  };
  const simulation = new Simulation({ policies: [alerts, ...policies], audit });
  const node = simulation.node();
  const guest = node.client("ada");
  const service = node.client({ user: "todo", service: true });
  for (const room of ["todo:groceries", "alerts", "chat:lobby"]) {
    guest.join(room);
    service.join(room);
  }
  await simulation.clock.settle();
  for (const [room, type] of [
    ["todo:groceries", "todo.created"],
    ["todo:groceries", "todo.anything"],
    ["alerts", "alerts.raised"],
  ] as const) {
    expect([type, guest.event(room, type, 1)]).toMatchObject([type, { name: "forbidden" }]);
    expect([type, service.event(room, type, 1)]).toEqual([type, undefined]);
  }
  expect(denied).toEqual(["event todo:groceries", "event todo:groceries", "event alerts"]);
  for (const [room, type] of [
    ["todo:groceries", "typing"],
    ["todo:groceries", "todos.seen"],
    ["alerts", "todo.created"],
    ["chat:lobby", "chat.seen"],
    ["chat:lobby", "todo.created"],
  ] as const) {
    expect([type, guest.event(room, type, true)]).toEqual([type, undefined]);
  }
});

test("EVENT-2: a policy can turn presence and events off", () => {
  const { node } = start();
  const client = node.client("ada");
  expect(client.join("quiet", { visible: true })).toMatchObject({ name: "forbidden" });
  expect(client.join("quiet")).toBeUndefined();
  expect(client.event("quiet", "cursor", 1)).toMatchObject({ name: "forbidden" });
  expect(client.members("quiet")).toMatchObject([{ name: "forbidden" }]);
});

test("PUB-3: data of more bytes than the room takes is refused, and not of more characters", async () => {
  const { clock, node } = start();
  const client = node.client("ada");
  client.join("small:talk");
  expect(client.publish("small:talk", "12345678")).toBeUndefined();
  expect(client.publish("small:talk", "123456789")).toMatchObject({ name: "data_too_large" });
  expect(client.publish("small:talk", "éééé")).toBeUndefined();
  expect(client.publish("small:talk", "ééééé")).toMatchObject({ name: "data_too_large" });
  expect(client.event("small:talk", "cursor", "123456789")).toMatchObject({ name: "data_too_large" });
  await clock.settle();
  expect(client.offsets("small:talk")).toEqual([1, 2]);
});

test("JOIN-5: a full room is refused, and admits another member once one has left", async () => {
  const { clock, node } = start();
  const [a, b, c] = ["a", "b", "c"].map((name) => node.client(name));
  for (const each of [a, b]) expect(each?.join("small:talk")).toBeUndefined();
  expect(c?.join("small:talk")).toMatchObject({ name: "room_full" });
  await clock.settle();
  a?.leave("small:talk");
  expect(c?.join("small:talk")).toBeUndefined();
});

test("JOIN-5: a second join, a leave of a room not joined and the 1,001st room are refused", async () => {
  const { clock, node } = start();
  const client = node.client("ada");
  for (let i = 0; i < 1000; i++) expect(client.join(`room${i}`)).toBeUndefined();
  expect(client.join("one more")).toMatchObject({ name: "too_many_rooms" });
  expect(client.join("room7")).toMatchObject({ name: "already_joined" });
  expect(client.leave("elsewhere")).toMatchObject({ name: "not_joined" });
  await clock.settle();
  client.leave("room7");
  expect(client.join("one more")).toBeUndefined();
  expect(node.client("bob").join("room7")).toBeUndefined();
  await clock.settle();
  expect(client.kinds("room999")).toEqual(["joined", "live"]);
});
