import { describe, expect, test } from "bun:test";
import {
  type EngineSettings,
  engineContract,
  type OpenEngine,
  RecordingListener,
} from "../../../testing/engine-contract/engine-contract.ts";
import { append, numbered, offsets } from "../../../testing/engine-contract/samples.ts";
import { MemoryEngine } from "./index.ts";

function open(settings: EngineSettings): OpenEngine {
  const engine = new MemoryEngine(settings);
  return {
    engine,
    crash: (node) => engine.crash(node),
    reopen: () => Promise.reject(new Error("logs in memory end with their engine")),
    dispose: () => engine.close(),
  };
}

engineContract("memory engine", {
  capabilities: { durable: false },
  open: async (settings) => open(settings),
});

describe("simulation", () => {
  /** Everything that the engine would leave to the machine, by hand. */
  function simulate() {
    const steps: (() => void)[] = [];
    const alarms: { readonly at: number; readonly ring: () => void }[] = [];
    let now = 1_700_000_000_000;
    const engine = new MemoryEngine({
      leaseMs: 20_000,
      epoch: () => "first life",
      now: () => now,
      defer: (step) => void steps.push(step),
      later: (ms, ring) => {
        const alarm = { at: now + ms, ring };
        alarms.push(alarm);
        return () => void alarms.splice(alarms.indexOf(alarm), 1);
      },
    });
    const settle = () => {
      for (let step = steps.shift(); step !== undefined; step = steps.shift()) step();
    };
    const pass = (ms: number) => {
      for (const end = now + ms; now < end; now += 1000) {
        const due = alarms.filter(({ at }) => at <= now);
        for (const alarm of due) alarms.splice(alarms.indexOf(alarm), 1);
        for (const { ring } of due) ring();
        settle();
      }
    };
    return { engine, settle, pass };
  }

  test("ENGINE-19: nothing happens but by the clock and the scheduling that were passed in", () => {
    const { engine, settle } = simulate();
    const node = new RecordingListener(engine);
    node.node.tail("chat:one");
    node.submit(append("x"));
    expect(node.calls).toEqual([]);
    settle();
    expect(node.openings("chat:one")).toEqual([{ epoch: "first life", head: 0, attendees: [] }]);
    expect(offsets(node.outcomes)).toEqual([1]);
  });

  test("PRES-3: a node that crashed loses its attendees after the lease, and not before", () => {
    const { engine, settle, pass } = simulate();
    const [a, b] = [new RecordingListener(engine), new RecordingListener(engine)];
    b.node.tail("chat:one");
    a.submit({ kind: "enter", room: "chat:one", attendee: { key: "k", user: "Eren", since: 1 } });
    settle();
    pass(100_000);
    expect(b.changes.map(({ kind }) => kind)).toEqual(["entered"]);
    engine.crash(a.node);
    pass(15_000);
    expect(b.changes).toHaveLength(1);
    pass(15_000);
    expect(b.changes.map(({ kind }) => kind)).toEqual(["entered", "left"]);
  });

  test("ONCE-6: a publisher's numbers are forgotten in time", () => {
    const { engine, settle, pass } = simulate();
    const node = new RecordingListener(engine);
    node.submit({ ...numbered(1), at: 1_700_000_000_000 });
    settle();
    pass(8 * 24 * 3_600_000);
    node.submit(numbered(2));
    settle();
    expect(node.outcomes.at(-1)).toEqual({ kind: "unknown-publisher" });
  });
});
