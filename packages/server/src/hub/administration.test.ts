import { expect, test } from "bun:test";
import { Administration } from "./administration.ts";
import type { Hub } from "./hub.ts";

test("AUTH-12: where a revocation cannot be written, its connections are closed all the same, and the answer says so", () => {
  const closed: number[] = [];
  const connection = {
    id: "c",
    identity: { user: "mallory", proof: { token: "t", expires: 1 } },
    tokens: () => ["t"],
    socket: { close: (code: number) => closed.push(code) },
  };
  const hub = { clock: { now: () => 0 }, connections: () => [connection] } as unknown as Hub;
  const administration = new Administration(hub, { add: () => "unwritten" });
  expect(administration.revoke({ user: "mallory", seconds: 60 })).toEqual({
    closed: 1,
    until: 60_000,
    kept: false,
  });
  expect(administration.revoke({ connection: "c", seconds: 60 })).toEqual({
    closed: 1,
    until: 60_000,
    kept: false,
  });
  expect(administration.revoke({ user: "mallory", seconds: 0 })).toEqual({
    closed: 0,
    until: 0,
    kept: false,
  });
  expect(closed).toEqual([4501, 4501]);
});
