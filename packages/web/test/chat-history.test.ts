import { expect, setDefaultTimeout, test } from "bun:test";
import { openBrowser } from "../../client/test/support/browser.ts";
import { MortalServer } from "../../client/test/support/mortal-server.ts";
import { scratchDirectory } from "../../server/test/support/scratch-directory.ts";
import { ServerProcess } from "../../server/test/support/server-process.ts";
import { NativeClient } from "../../server/test/support/native-client.ts";
import { ChatPage, GONE } from "./support/chat-page.ts";

setDefaultTimeout(120_000);

/** Publishes `text 1`, …, of several heights and by several users. */
async function fill(url: URL, room: string, count: number): Promise<void> {
  const users = await Promise.all(["ada", "bob", "eve"].map((user) => NativeClient.connect(url, user)));
  const WAYS = ["", "\n\nwith a second line", ` ${"and many words ".repeat(30)}`, "\n```\ncode\ncode\n```"];
  for (let n = 1; n <= count; n += 500) {
    const kept: Promise<unknown>[] = [];
    for (let i = n; i < Math.min(n + 500, count + 1); i++) {
      const user = users[Math.floor(i / 3) % users.length];
      kept.push(user?.publish(`chat:${room}`, "chat", { text: `text ${i}${WAYS[i % 7] ?? ""}` }) ?? Promise.resolve());
    }
    await Promise.all(kept);
  }
  await Promise.all(users.map((user) => user.close()));
}

test("JOIN-3 HISTORY-1: scrolling back through 3,000 messages moves nothing that one reads", async () => {
  await using server = await MortalServer.start();
  const count = 3_000;
  await fill(server.url, "lobby", count);
  await using browser = await openBrowser();
  const { page, region, ...chat } = await open(await browser.page(), server.url);
  const drawn = () => chat.self.drawn();
  await page.getByText(`text ${count}`, { exact: false }).first().waitFor();
  expect(await page.locator("main li[aria-posinset]").count()).toBeLessThan(60);

  // After each turn of the wheel, whatever is loaded and measured meanwhile, the message in the middle has moved by as
  // much as the wheel was turned, or, at the oldest that is there, not at all.
  const jumps: number[] = [];
  for (let turn = 0; turn < 400; turn++) {
    const jump = await page.evaluate(TURN, 1_500);
    if (jump === null) break;
    jumps.push(jump);
  }
  await drawn();
  expect(jumps.length).toBeGreaterThan(50);
  expect(jumps.filter((jump) => Math.abs(jump) > 1)).toEqual([]);
  await page.getByText("This is where #lobby begins.").waitFor();
  await page.getByText("text 1", { exact: false }).first().waitFor();

  await page.getByRole("button", { name: "To the newest" }).click();
  await page.getByText(`text ${count}`).first().waitFor();
});
