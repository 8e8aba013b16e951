import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { NativeClient } from "@fanfare/testing/native-client";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import type { Page } from "playwright-core";
import { ChatPage, GONE } from "./support/chat-page.ts";
import { fillRoom } from "./support/history.ts";

test("HIST-1: going back through 3,000 messages, page by page, moves nothing that one reads", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  await fillRoom(server.url, "lobby", 3_000);
  const page = await browser.page();
  await page.addInitScript(END_SCROLLING_AT_ONCE);
  await page.setViewportSize({ width: 1280, height: 3_000 });
  const ada = await ChatPage.enter(page, server.url, "ada", "lobby");
  await ada.page.getByText(/^text 3000\b/).waitFor();
  expect(await ada.rows.count()).toBeLessThan(200);
  // Whoever turns the wheel has seen the end, and the list has been told that it is there.
  await page.evaluate(UNTIL_AT_END);
  await ada.drawn();

  const { jumps, turns } = await goBack(page);
  expect(turns).toBeGreaterThan(30);
  expect(jumps).toEqual([]);
  await page.getByText("This is the beginning of #lobby.").waitFor();
  await page.getByText(/^text 1\b/).waitFor();

  // What comes below moves nothing, either; one is told of it, and gets there.
  const first = ada.rows.first();
  const place = await first.boundingBox();
  const bob = await NativeClient.connect(server.url, "bob");
  await bob.publish("chat:lobby", "chat", { text: "newest" });
  await page.getByRole("button", { name: "1 new message" }).waitFor();
  expect(await first.boundingBox()).toEqual(place);
  await page.getByRole("button", { name: "1 new message" }).click();
  await ada.sees("newest");
  await page.getByText("New", { exact: true }).waitFor();
  await bob.publish("chat:lobby", "chat", { text: "and one more\n\nin two parts" });
  await page.getByText("in two parts").waitFor();
  // The text is there a frame before its height is known.
  await page.evaluate(UNTIL_AT_END);
  await bob.close();
});

test("GAP-1: where messages are no longer kept after a break, a line says so", async () => {
  using data = scratchDirectory();
  await using browser = await openBrowser();
  const policy = `[{ pattern = "chat:*", history.count = 3 }]`;
  const first = await ServerProcess.start(data.path);
  const ada = await ChatPage.enter(await browser.page({ expected: GONE }), first.url, "ada", "lobby");
  for (const text of ["one", "two"]) await ada.say(text);
  await ada.message("two").getByText("Sent").waitFor();
  await ada.page.evaluate("Math.random = () => 200");
  await first.end("SIGKILL");
  await ada.page.getByText("Offline:").waitFor();
  await using second = await startWith(policy, data.path, first.url.port);
  await fillRoom(second.url, "lobby", 1_500);
  await ada.page.getByRole("button", { name: "Try now" }).click();
  await ada.page.getByText(/^Messages between .* and .* have been deleted\.$/).waitFor();
  await ada.page.getByText(/^text 1500\b/).waitFor();
});

/** The list tells by a timer that scrolling is over: on a slow machine before what came into sight is measured. */
const END_SCROLLING_AT_ONCE = `{
  const { setTimeout } = window;
  window.setTimeout = (work, delay, ...rest) => setTimeout(work, delay === 150 ? 0 : delay, ...rest);
}`;

const UNTIL_AT_END = `new Promise((resolve) => {
  const region = document.querySelector('[aria-label^="Messages in"]');
  const look = () => {
    if (region.scrollHeight - region.clientHeight - region.scrollTop < 2) resolve();
    else requestAnimationFrame(look);
  };
  look();
})`;

/** Scrolls to the very beginning. Each jump is by how many pixels a message was not where it should have been. */
function goBack(page: Page): Promise<{ readonly jumps: readonly string[]; readonly turns: number }> {
  return page.evaluate(GO_BACK);
}

/** Runs in the page. The message that stands first in sight is followed over a turn of the wheel and the frames after it. */
const GO_BACK = `(async () => {
  const region = document.querySelector('[aria-label^="Messages in"]');
  // What has been painted: sizes are observed between the callback and the painting.
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const begun = () => region.textContent.includes("This is where") && region.scrollTop === 0;
  const jumps = [];
  let turns = 0;
  for (; turns < 2_000 && !begun(); turns++) {
    const { top } = region.getBoundingClientRect();
    const rows = [...region.querySelectorAll("[data-row]")];
    const row = rows.find((each) => each.getBoundingClientRect().top >= top);
    const before = row.getBoundingClientRect().top;
    const step = Math.min(region.scrollTop, region.clientHeight - 200);
    region.scrollTop -= step;
    // Whoever turns a wheel moves and is told of in one step; this would be told of a frame later.
    region.dispatchEvent(new Event("scroll"));
    for (let i = 0; i < 2; i++) {
      await frame();
      const jump = row.isConnected ? row.getBoundingClientRect().top - before - step : Number.NaN;
      if (!(Math.abs(jump) <= 1)) jumps.push([turns, i, jump].join(" "));
    }
  }
  return { jumps, turns };
})()`;

function startWith(policies: string, data: string, port: string): Promise<ServerProcess> {
  return ServerProcess.startBy(["env", `FANFARE_POLICIES=${policies}`], data, "--port", port);
}
