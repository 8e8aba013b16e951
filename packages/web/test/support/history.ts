import { NativeClient } from "@fanfare/testing/native-client";

/** Endings of several heights. */
const WAYS = ["", "\n\nwith a second part", ` ${"and many words ".repeat(30)}`, "", "\n```\ncode\ncode\n```"];
const AT_ONCE = 500;

/** Publishes `text 1`, `text 2`, … in turns by three users. */
export async function fillRoom(server: URL, room: string, count: number): Promise<void> {
  const users = await Promise.all(["bob", "eve", "carol"].map((user) => NativeClient.connect(server, user)));
  for (let from = 1; from <= count; from += AT_ONCE) {
    const kept: Promise<unknown>[] = [];
    for (let n = from; n < Math.min(from + AT_ONCE, count + 1); n++) {
      const text = `text ${n}${WAYS[n % WAYS.length]}`;
      const user = users[Math.floor((n - 1) / AT_ONCE) % users.length];
      if (user !== undefined) kept.push(user.publish(`chat:${room}`, "chat", { text }));
    }
    await Promise.all(kept);
  }
  await Promise.all(users.map((user) => user.close()));
}
