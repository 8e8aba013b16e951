import { afterEach, expect, test } from "bun:test";
import fc from "fast-check";
import type { Append, Outcome } from "../../src/engines/engine.ts";
import type { EngineHarness } from "./harness.ts";
import type { RecordingListener } from "./recording-listener.ts";
import { ALL, append, dataOf, identified, numbered } from "./samples.ts";
import { TestEngines } from "./test-engines.ts";

/** A publish in the terms of the model; few rooms, names and texts, so that they meet. */
interface Publish {
  readonly room: string;
  readonly text: string;
  readonly by: "nothing" | "id" | "number";
  readonly name: number;
  readonly n: number;
}

const publish: fc.Arbitrary<Publish> = fc.record({
  room: fc.constantFrom("chat:a", "chat:b"),
  text: fc.constantFrom("x", "x", "x", "y"),
  by: fc.constantFrom("nothing", "id", "number", "number"),
  name: fc.integer({ min: 0, max: 2 }),
  n: fc.integer({ min: 1, max: 6 }),
});

const submissions = fc.array(
  fc.record({
    node: fc.integer({ min: 0, max: 2 }),
    publishes: fc.array(publish, { minLength: 1, maxLength: 8 }),
    wait: fc.boolean(),
  }),
  { minLength: 1, maxLength: 15 },
);

/** Rooms as plain as they can be: every text, and the offset of every name ever used. */
class Model {
  readonly texts = new Map<string, string[]>();
  readonly #names = new Map<string, number[]>();

  apply({ room, text, by, name, n }: Publish): object {
    const texts = this.texts.get(room) ?? [];
    this.texts.set(room, texts);
    const offsets = this.#names.get(`${room} ${by} ${name}`) ?? [];
    const keep = () => {
      texts.push(dataOf(text));
      offsets.push(texts.length);
      this.#names.set(`${room} ${by} ${name}`, offsets);
      return { kind: "kept", offset: texts.length, duplicate: false };
    };
    if (by === "nothing") return keep();
    const place = by === "id" ? 1 : n;
    const offset = offsets[place - 1];
    if (offset !== undefined) {
      return texts[offset - 1] === dataOf(text)
        ? { kind: "kept", offset, duplicate: true }
        : { kind: "conflict" };
    }
    if (place === offsets.length + 1) return keep();
    return offsets.length === 0
      ? { kind: "unknown-publisher" }
      : { kind: "out-of-sequence", expected: offsets.length + 1 };
  }
}

function appendOf({ room, text, by, name, n }: Publish): Append {
  if (by === "id") return identified(`id-${name}`, text, room);
  return by === "number"
    ? numbered(n, text, room, `publisher-${name}`)
    : append(text, { by: "nothing" }, room);
}

/** Random publishes and retries over three nodes, against the model. */
export function modelContract(harness: EngineHarness): void {
  const engines = new TestEngines(harness);
  afterEach(() => engines.clear());

  test("ONCE-1, ONCE-2, ORDER-1: an engine does as the model does, whatever is published and retried", async () => {
    await fc.assert(
      fc.asyncProperty(submissions, async (steps) => {
        const nodes = await engines.nodes();
        const model = new Model();
        const answered: { readonly expected: object[]; readonly outcomes: Promise<Outcome[]> }[] = [];
        // One node at a time, unless the run did not wait: then its own order is still that of submission.
        let last = nodes[0];
        for (const { node, publishes, wait } of steps) {
          const next = nodes[node] ?? nodes[0];
          if (next !== last) await answered.at(-1)?.outcomes;
          last = next;
          const outcomes = next.append(...publishes.map(appendOf));
          answered.push({ expected: publishes.map((one) => model.apply(one)), outcomes });
          if (wait) await outcomes;
        }
        for (const { expected, outcomes } of answered) {
          expect(await outcomes).toEqual(expected.map((outcome) => expect.objectContaining(outcome)));
        }
        for (const [room, texts] of model.texts) {
          const { messages } = await nodes[0].node.read(room, { after: 0 }, ALL);
          expect(messages.map(({ data }) => data)).toEqual(texts);
        }
        await engines.clear();
      }),
      { numRuns: 40 },
    );
  });

  test("ORDER-1: nodes that publish at once see what the log says", async () => {
    await fc.assert(
      fc.asyncProperty(submissions, async (steps) => {
        const nodes = await engines.nodes();
        for (const node of nodes) await node.tail("chat:a");
        await Promise.all(
          steps.map(({ node, publishes }) => {
            const listener: RecordingListener = nodes[node] ?? nodes[0];
            return listener.append(...publishes.map((one) => appendOf({ ...one, room: "chat:a" })));
          }),
        );
        const { messages, head } = await nodes[0].node.read("chat:a", { after: 0 }, ALL);
        for (const node of nodes) {
          await node.until(() => node.messages("chat:a").length >= head);
          expect(node.messages("chat:a")).toEqual([...messages]);
        }
        await engines.clear();
      }),
      { numRuns: 20 },
    );
  });
}
