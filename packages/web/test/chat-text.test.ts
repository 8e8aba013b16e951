import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import { violationsInBothThemes } from "./support/accessibility.ts";
import { ChatPage } from "./support/chat-page.ts";

const PROSE = "A message of many words is read line by line, and long lines are hard to follow. ".repeat(8);

test("a message shows headings and tables, and wraps after at most 80 characters", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await ChatPage.enter(await browser.page(), server.url, "ada", "lobby");
  const eve = await WebSocketClient.open("eve", server.url, "/ws/lobby?username=eve");
  eve.send(
    "# Release **2**\n\n| Part | Days |\n|:--|--:|\n| *server* | 3 |\n| <b>page</b> | 12 |\n\nNo #heading",
  );
  eve.send(`| ${"wide | ".repeat(40)}\n|${"---|".repeat(40)}\n`);
  eve.send(PROSE);
  const heading = ada.rows.getByRole("heading", { name: "Release 2" });
  await heading.waitFor();
  expect(await ada.rows.getByRole("heading").count()).toBe(1);
  const table = ada.rows.getByRole("table").first();
  expect(await table.getByRole("columnheader").allTextContents()).toEqual(["Part", "Days"]);
  expect(await table.getByRole("cell").allTextContents()).toEqual(["server", "3", "<b>page</b>", "12"]);
  const align = await ada.page.evaluate<string>(
    "getComputedStyle(document.querySelector('td + td')).textAlign",
  );
  expect(align).toMatch(/right|end/);
  const prose = ada.rows.locator("p", { hasText: "line by line" });
  await prose.waitFor();
  const longest = await ada.page.evaluate<number>(`(() => {
    const text = [...document.querySelectorAll("article p")].at(-1).firstChild;
    const range = document.createRange();
    const lines = new Map();
    for (let at = 0; at < text.length; at++) {
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      const { top } = range.getBoundingClientRect();
      lines.set(top, (lines.get(top) ?? 0) + 1);
    }
    return Math.max(...lines.values());
  })()`);
  expect(longest).toBeGreaterThan(55);
  expect(longest).toBeLessThanOrEqual(80);
  expect(await violationsInBothThemes(ada.page)).toEqual([]);
  await eve.close();
});

test("code is copied by a button, and an edge shows that there is more of it", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  for (const phone of [false, true]) {
    const page = await browser.page({ phone });
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const ada = await ChatPage.enter(page, server.url, "ada", `code-${phone}`);
    const code = `if (long) {\n\treturn "${"x".repeat(300)}";\n}`;
    await ada.say(`Look:\n\`\`\`ts\n${code}\n\`\`\``);
    const block = ada.rows.locator("pre");
    await block.waitFor();
    await ada.rows.getByRole("button", { name: "Copy code" }).click();
    await ada.rows.getByText("Copied").waitFor();
    expect(await page.evaluate<string>("navigator.clipboard.readText()")).toBe(code);
    const edge = async () => {
      const box = await block.boundingBox();
      if (box === null) throw new Error("no code block");
      return page.screenshot({ clip: { x: box.x + box.width - 10, y: box.y + 3, width: 6, height: 4 } });
    };
    const before = await edge();
    await block.evaluate((pre) => {
      pre.scrollLeft = pre.scrollWidth;
    });
    await ada.drawn();
    expect(before.equals(await edge())).toBe(false);
    expect(await violationsInBothThemes(page)).toEqual([]);
  }
});

test("tabs in pasted text are kept, at the start of a line as well", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await ChatPage.enter(await browser.page(), server.url, "ada", "lobby");
  const text = "\tdef f(x):\n\t\treturn\tx";
  await ada.say(`\n${text}\n`);
  await ada.say("- a\tlist\n\twith a tab");
  const paragraph = ada.rows.locator("p", { hasText: "def f" });
  await paragraph.waitFor();
  expect(await paragraph.innerText()).toBe(text);
  expect(await ada.rows.locator("li").innerText()).toBe("a\tlist\nwith a tab");
});
