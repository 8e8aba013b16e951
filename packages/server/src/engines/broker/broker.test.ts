import { expect, test } from "bun:test";
import { append, ROOM } from "../../../testing/engine-contract/samples.ts";
import { type Change, EngineError, type EngineHealth, type Outcome } from "../engine.ts";
import { Broker } from "./broker.ts";
import type { NodeChannel } from "./node-channel.ts";
import type { RoomLogs } from "./room-logs.ts";

const LEASE = 1000;

/** Logs whose disk can break. */
class Logs implements RoomLogs {
  broken = false;
  #head = 0;

  commit(appends: readonly unknown[]): Outcome[] {
    this.#check();
    return appends.map(() => ({ kind: "kept", epoch: "e", offset: ++this.#head, duplicate: false }));
  }

  position() {
    this.#check();
    return { epoch: "e", head: this.#head };
  }

  #check(): void {
    if (this.broken) throw new EngineError("unavailable", "broken");
  }
}

class Recorder implements NodeChannel {
  readonly calls: (
    | Change["kind"]
    | Outcome["kind"]
    | "opened"
    | "refused"
    | "healthy"
    | "unhealthy"
    | "dropped"
  )[] = [];

  outcome(_append: unknown, outcome: Outcome): void {
    this.calls.push(outcome.kind);
  }
  message(): void {
    this.calls.push("message");
  }
  change(change: Change): void {
    this.calls.push(change.kind);
  }
  opened(): void {
    this.calls.push("opened");
  }
  health(health: EngineHealth): void {
    this.calls.push(health.ok ? "healthy" : "unhealthy");
  }
  dropped(): void {
    this.calls.push("dropped");
  }
  refused(): void {
    this.calls.push("refused");
  }
  watching(): void {}
  settled(): void {}
  disconnected(): void {}
  flush(): void {}
}

function broker() {
  const logs = new Logs();
  const core = new Broker(logs, { leaseMs: LEASE });
  const [one, two] = [new Recorder(), new Recorder()];
  const [first, second] = [core.connect(one, 0), core.connect(two, 0)];
  const tail = { session: second, requests: [{ kind: "tail", room: ROOM }] } as const;
  const enter = { kind: "enter", room: ROOM, attendee: { key: "k", user: "Eren", since: 1 } } as const;
  return { logs, core, one, two, first, second, tail, enter };
}

test("PRES-3: a node that was only slow gets its attendees back with its next sign of life", () => {
  const { core, two, first, second, tail, enter } = broker();
  core.process([tail, { session: first, requests: [enter] }], 0);
  core.renewLease(second, LEASE);
  core.expire(LEASE);
  expect(two.calls).toEqual(["opened", "entered", "left"]);
  core.renewLease(first, LEASE + 1);
  core.renewLease(first, LEASE + 2);
  expect(two.calls).toEqual(["opened", "entered", "left", "entered"]);
});

test("PRES-3: a node that stays silent is let go of for good", () => {
  const { core, one, two, first, second, tail, enter } = broker();
  core.process([tail, { session: first, requests: [enter] }], 0);
  for (const lease of Array(20).keys()) {
    core.renewLease(second, lease * LEASE);
    core.expire(lease * LEASE);
  }
  expect(two.calls).toEqual(["opened", "entered", "left"]);
  expect(one.calls).toEqual(["dropped"]);
  expect(core.sessions).toEqual(new Set([second]));
});

test("ENGINE-17: presence and events go on while commits fail; health is reported when it changes", () => {
  const { logs, core, one, two, first, tail, enter } = broker();
  const event = { kind: "relay", room: ROOM, event: { type: "typing", from: "Eren", data: "{}" } } as const;
  core.process([tail], 0);
  logs.broken = true;
  core.process([{ session: first, requests: [append("x"), enter, append("y"), event] }], 0);
  core.process([{ session: first, requests: [append("x")] }], 0);
  expect(one.calls).toEqual(["unhealthy", "unavailable", "unavailable", "unavailable"]);
  expect(two.calls).toEqual(["opened", "unhealthy", "entered", "event"]);
  logs.broken = false;
  core.process([{ session: first, requests: [append("x")] }], 0);
  expect(two.calls.slice(4)).toEqual(["healthy", "message"]);
});

test("ENGINE-17: a tail that cannot begin does so when the log can be read again", () => {
  const { logs, core, two, first, second, tail } = broker();
  logs.broken = true;
  core.process([tail, { session: second, requests: [{ kind: "tail", room: "chat:two" }] }], 0);
  core.process([{ session: second, requests: [{ kind: "untail", room: "chat:two" }] }], 0);
  logs.broken = false;
  core.retryTails();
  core.process([{ session: first, requests: [append("x")] }], 0);
  expect(two.calls).toEqual(["unhealthy", "opened", "healthy", "message"]);
});
