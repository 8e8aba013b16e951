import { describe, expect, test } from "bun:test";
import { chat } from "../dialects/chat/chat.ts";
import { native } from "../dialects/native/native.ts";
import { findMount, type Mount } from "./mounts.ts";

const MOUNTS: readonly Mount[] = [
  { path: "/ws", dialect: native, prefix: "" },
  { path: "/ws/:room", dialect: chat, prefix: "chat:" },
  { path: "/board", dialect: native, prefix: "board:main" },
  { path: "/deep/er/:room", dialect: chat, prefix: "deep:" },
];

/** The path of the mount and the name it takes from the address. */
function found(path: string, mounts = MOUNTS): unknown {
  const result = findMount(mounts, path);
  return typeof result === "object" ? [result.mount.path, result.name] : result;
}

describe("the mount of a path", () => {
  for (const [path, expected] of [
    ["/ws", ["/ws", undefined]],
    ["/board", ["/board", undefined]],
    ["/ws/room1", ["/ws/:room", "room1"]],
    ["/deep/er/room1", ["/deep/er/:room", "room1"]],
    // The dialect says what is wrong with an empty name.
    ["/ws/", ["/ws/:room", ""]],
    ["/ws/a%2Fb", ["/ws/:room", "a/b"]],
    ["/ws/%E3%83%9F", ["/ws/:room", "ミ"]],
    ["/ws/a%20b+c", ["/ws/:room", "a b+c"]],
    ["/ws/%2525", ["/ws/:room", "%25"]],
    ["/ws/:room", ["/ws/:room", ":room"]],
    ["/ws/%00", ["/ws/:room", "\u0000"]],
    ["/ws/%", "malformed"],
    ["/ws/%E0%A4", "malformed"],
    ["/ws/%ZZ", "malformed"],
    ["/ws/%ED%A0%80", "malformed"],
    ["/", undefined],
    ["", undefined],
    ["/w", undefined],
    ["/wsx", undefined],
    ["/ws/a/b", undefined],
    ["/ws//", undefined],
    ["/board/x", undefined],
    ["/deep/er", undefined],
    ["/deep/x", undefined],
    ["/WS", undefined],
    ["/x/ws/room1", undefined],
  ] as const) {
    test(`HTTP-2: ${path || "(empty)"} is ${JSON.stringify(expected) ?? "unknown"}`, () => {
      expect(found(path)).toEqual(expected as unknown);
    });
  }

  for (const [path, expected] of [
    ["/board/", ["/board", undefined]],
    ["/ws/room1/", ["/ws/:room", "room1"]],
    ["/deep/er/room1/", ["/deep/er/:room", "room1"]],
    ["/ws/a%2F/", ["/ws/:room", "a/"]],
    ["/ws/", ["/ws/:room", ""]],
    ["/ws/%/", "malformed"],
    ["/board//", undefined],
    ["/ws//", undefined],
    ["/ws/room1//", undefined],
    ["//", undefined],
    ["/board/x/", undefined],
    ["/deep/er/", ["/deep/er/:room", ""]],
    ["/deep/", undefined],
  ] as const) {
    test(`HTTP-15: ${path} is ${JSON.stringify(expected) ?? "unknown"}`, () => {
      expect(found(path)).toEqual(expected as unknown);
    });
  }

  test("HTTP-15: without a parameter behind it a slash is none, and a root with one keeps what it takes", () => {
    const [ws, , board] = MOUNTS;
    expect(found("/ws/", ws && board && [ws, board])).toEqual(["/ws", undefined]);
    const mounts = [{ path: "/:room", dialect: chat, prefix: "" }, ...MOUNTS];
    expect(found("/", mounts)).toEqual(["/:room", ""]);
    expect(found("/lobby/", mounts)).toEqual(["/:room", "lobby"]);
    expect(found("/board/", mounts)).toEqual(["/board", undefined]);
  });

  test("HTTP-2: a mount at the root takes what no other takes", () => {
    const mounts = [{ path: "/:room", dialect: chat, prefix: "" }, ...MOUNTS];
    expect(found("/ws", mounts)).toEqual(["/ws", undefined]);
    expect(found("/lobby", mounts)).toEqual(["/:room", "lobby"]);
    expect(found("/ws/lobby", mounts)).toEqual(["/ws/:room", "lobby"]);
  });
});
