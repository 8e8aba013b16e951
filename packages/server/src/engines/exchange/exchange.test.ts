import { expect, test } from "bun:test";
import { append, ROOM } from "../../../testing/engine-contract/samples.ts";
import { type Change, EngineError, type EngineHealth, type Outcome } from "../engine.ts";
import { Exchange } from "./exchange.ts";
import type { Link } from "./link.ts";
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

class Recorder implements Link {
  readonly told: (Change["kind"] | Outcome["kind"] | "opened" | "healthy" | "unhealthy" | "dropped")[] = [];

  answer(_append: unknown, outcome: Outcome): void {
    this.told.push(outcome.kind);
  }
  message(): void {
    this.told.push("message");
  }
  change(change: Change): void {
    this.told.push(change.kind);
  }
  opened(): void {
    this.told.push("opened");
  }
  health(health: EngineHealth): void {
    this.told.push(health.ok ? "healthy" : "unhealthy");
  }
  dropped(): void {
    this.told.push("dropped");
  }
  watching(): void {}
  settled(): void {}
  farewell(): void {}
  flush(): void {}
}

function exchange() {
  const logs = new Logs();
  const core = new Exchange(logs, { leaseMs: LEASE });
  const [one, two] = [new Recorder(), new Recorder()];
  const [first, second] = [core.join(one, 0), core.join(two, 0)];
  const tail = { seat: second, requests: [{ kind: "tail", room: ROOM }] } as const;
  const enter = { kind: "enter", room: ROOM, attendee: { key: "k", user: "Eren", since: 1 } } as const;
  return { logs, core, one, two, first, second, tail, enter };
}

test("PRES-3: a node that was only slow gets its attendees back with its next sign of life", () => {
  const { core, two, first, second, tail, enter } = exchange();
  core.carryOut([tail, { seat: first, requests: [enter] }], 0);
  core.heard(second, LEASE);
  core.expire(LEASE);
  expect(two.told).toEqual(["opened", "entered", "left"]);
  core.heard(first, LEASE + 1);
  core.heard(first, LEASE + 2);
  expect(two.told).toEqual(["opened", "entered", "left", "entered"]);
});

test("PRES-3: a node that stays silent is let go of for good", () => {
  const { core, one, two, first, second, tail, enter } = exchange();
  core.carryOut([tail, { seat: first, requests: [enter] }], 0);
  for (const lease of Array(20).keys()) {
    core.heard(second, lease * LEASE);
    core.expire(lease * LEASE);
  }
  expect(two.told).toEqual(["opened", "entered", "left"]);
  expect(one.told).toEqual(["dropped"]);
  expect(core.seats).toEqual(new Set([second]));
});

test("ENGINE-17: presence and events go on while commits fail; health is told when it changes", () => {
  const { logs, core, one, two, first, tail, enter } = exchange();
  const event = { kind: "relay", room: ROOM, event: { type: "typing", from: "Eren", data: "{}" } } as const;
  core.carryOut([tail], 0);
  logs.broken = true;
  core.carryOut([{ seat: first, requests: [append("x"), enter, append("y"), event] }], 0);
  core.carryOut([{ seat: first, requests: [append("x")] }], 0);
  expect(one.told).toEqual(["unhealthy", "unavailable", "unavailable", "unavailable"]);
  expect(two.told).toEqual(["opened", "unhealthy", "entered", "event"]);
  logs.broken = false;
  core.carryOut([{ seat: first, requests: [append("x")] }], 0);
  expect(two.told.slice(4)).toEqual(["healthy", "message"]);
});

test("ENGINE-17: a tail that cannot begin does so when the log can be read again", () => {
  const { logs, core, two, first, second, tail } = exchange();
  logs.broken = true;
  core.carryOut([tail, { seat: second, requests: [{ kind: "tail", room: "chat:two" }] }], 0);
  core.carryOut([{ seat: second, requests: [{ kind: "untail", room: "chat:two" }] }], 0);
  logs.broken = false;
  core.retryTails();
  core.carryOut([{ seat: first, requests: [append("x")] }], 0);
  expect(two.told).toEqual(["unhealthy", "opened", "healthy", "message"]);
});
