import { expect, test } from "bun:test";
import fc from "fast-check";
import { PriorityQueue } from "./priority-queue.ts";

test("FLOW-3: a queue of reads hands out the lowest rank first, and equal ranks in order of arrival", () => {
  const step = fc.oneof(fc.nat({ max: 9 }), fc.constant("take" as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new PriorityQueue<string>();
      const model: { rank: number; item: string }[] = [];
      for (const [i, each] of steps.entries()) {
        if (each === "take") {
          const best = model.toSorted((a, b) => a.rank - b.rank)[0];
          expect(queue.first).toBe(best?.item);
          expect(queue.pop()).toBe(best?.item);
          if (best !== undefined) model.splice(model.indexOf(best), 1);
        } else {
          queue.add(each, `${i}`);
          model.push({ rank: each, item: `${i}` });
        }
        expect(queue.size).toBe(model.length);
      }
    }),
  );
});
