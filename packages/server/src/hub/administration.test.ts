import { expect, test } from "bun:test";
import { Administration } from "./administration.ts";
import type { Hub } from "./hub.ts";

test("AUTH-9: where a revocation cannot be kept, who is meant goes all the same, and it is an error", () => {
  const closed: number[] = [];
  const connection = {
    id: "c",
    identity: { user: "mallory", proof: { token: "t", expires: 1 } },
    tokens: () => ["t"],
    socket: { close: (code: number) => closed.push(code) },
  };
  const hub = { clock: { now: () => 0 }, connections: () => [connection] } as unknown as Hub;
  const administration = new Administration(hub, {
    add() {
      throw new Error("no space left");
    },
  });
  expect(() => administration.revoke({ user: "mallory", seconds: 60 })).toThrow("no space left");
  expect(() => administration.revoke({ connection: "c", seconds: 60 })).toThrow("no space left");
  expect(closed).toEqual([4501, 4501]);
});
