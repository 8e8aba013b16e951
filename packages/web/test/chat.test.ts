import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { NativeClient } from "@fanfare/testing/native-client";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import { ChatPage, GONE } from "./support/chat-page.ts";
import { watchForXss, XSS_PAYLOADS } from "./support/xss-payloads.ts";

test("CHAT-4 ORDER-1: two pages and a plain WebSocket are in one conversation, with presence and typing", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--limits-presence-grace", "500ms");
  await using browser = await openBrowser();
  const ada = await ChatPage.enter(await browser.page(), server.url, "ada", "lobby");
  await ada.page.getByText("No messages in #lobby yet").waitFor();
  await ada.say("anybody there?");
  const bob = await ChatPage.enter(await browser.page({ phone: true }), server.url, "bob", "lobby");
  await bob.sees("anybody there?");
  const plain = await WebSocketClient.open("eve", server.url, "/ws/lobby?username=eve");
  await ada.page.getByText("bob and eve joined").waitFor();
  for (const name of ["ada", "bob", "eve"]) {
    await ada.page.getByRole("list", { name: "Members" }).getByText(name, { exact: true }).waitFor();
  }
  await ada.page.getByRole("button", { name: "3 members" }).waitFor();

  await bob.composer.pressSequentially("me");
  await ada.page.getByText("bob is typing").waitFor();
  await bob.composer.press("Enter");
  await ada.page.getByText("bob is typing").waitFor({ state: "detached" });
  await ada.sees("me");
  plain.send("and me");
  await ada.sees("and me");
  await ada.say("all of us");
  await ada.message("all of us").getByText("Sent").waitFor();
  await plain.frames.next((frame) => frame.includes('"all of us"'));
  const said = ["anybody there?", "me", "and me", "all of us"];
  await bob.sees("all of us");
  for (const each of [ada, bob]) expect(await each.texts()).toEqual(said);
  await bob.page.getByRole("button", { name: "3 members" }).click();
  await bob.page.getByRole("dialog", { name: "In this room" }).getByText("eve", { exact: true }).waitFor();

  await ada.reload();
  await ada.sees("all of us");
  expect(await ada.texts()).toEqual(said);
  expect(new URL(ada.page.url()).pathname).toBe("/r/lobby");
  await plain.close();
  await ada.page.getByText("eve left").waitFor();
});

test("KEEP-1 ONCE-1: kill -9, a page that goes with messages in its outbox, and a restart lose and double no line", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await ChatPage.enter(await browser.page({ expected: GONE }), server.url, "ada", "lobby");
  const bob = await ChatPage.enter(await browser.page({ expected: GONE }), server.url, "bob", "lobby");
  await ada.say("before");
  await bob.sees("before");
  await server.kill();
  for (const each of [ada, bob]) await each.page.getByText("Offline:").waitFor();
  for (const text of ["down 1", "down 2"]) {
    await ada.say(text);
    await ada.message(text).getByText("Sending").waitFor();
  }
  await ada.page.getByText("2 messages are waiting to be sent").waitFor();
  await ada.stored(2);
  await ada.page.goto("about:blank");
  await bob.say("down, too");
  await server.restart();
  await bob.message("down, too").getByText("Sent").waitFor();
  await ada.page.goto(new URL("/", server.url).href);
  await ada.loaded();
  await ada.say("last");
  await bob.sees("down 1", "down 2", "last");
  await ada.sees("down 1", "down 2", "last");
  await ada.message("last").getByText("Sent").waitFor();

  const reader = await NativeClient.connect(server.url, "reader");
  const log = (await reader.log("chat:lobby")).map(({ data }) => (data as { text: string }).text);
  await reader.close();
  expect(log).toEqual(["before", "down, too", "down 1", "down 2", "last"]);
  for (const each of [ada, bob]) expect(await each.texts()).toEqual(log);
});

test('JOIN-3: after a break, which "Try now" ends, the page says how many messages were missed', async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await ChatPage.enter(await browser.page({ expected: GONE }), server.url, "ada", "lobby");
  await ada.say("before");
  await ada.message("before").getByText("Sent").waitFor();
  await ada.page.evaluate("Math.random = () => 200"); // of the first delay: nobody waits for that
  await server.kill();
  await ada.page.getByText(/^Offline: .*Reconnecting in \d\d s/).waitFor();
  await server.restart();
  const plain = await WebSocketClient.open("eve", server.url, "/ws/lobby?username=eve");
  for (const text of ["one", "two", "three"]) plain.send(text);
  await plain.frames.next((frame) => frame.includes("three"));
  await ada.page.getByRole("button", { name: "Try now" }).click();
  await ada.page.getByText("Caught up: 3 messages.").waitFor();
  await ada.sees("before", "one", "two", "three");
  expect(await ada.texts()).toEqual(["before", "one", "two", "three"]);
  await plain.close();
});

test("CHAT-4 NAME-1: whatever stands in names, rooms and texts is text, and nothing of it runs", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await browser.page();
  const executed = await watchForXss(page);
  const room = XSS_PAYLOADS[1];
  const ada = await ChatPage.enter(page, server.url, XSS_PAYLOADS[0], room);
  for (const text of XSS_PAYLOADS) await ada.say(text);
  await ada.sees(...XSS_PAYLOADS);
  const plain = await WebSocketClient.open("eve", server.url, `/ws/${encodeURIComponent(room)}?username=eve`);
  const links = [
    "[click](javascript:alert(1))",
    "![image](https://example.com/x.png)",
    "<javascript:alert(1)>",
    "[click](data:text/html,<script>alert(1)</script>)",
    "[x]: javascript:alert(1)",
    "# heading\n---\n| a | b |\n|---|---|",
    ">".repeat(3_000),
    "*a _b ".repeat(600),
    "[".repeat(3_000),
    "- ".repeat(1_500),
  ];
  for (const text of links) plain.send(text);
  plain.send("**bold** _italic_ ~~gone~~ `code` https://example.com/a?b=c&d <b@example.com>");
  const bold = page.getByText("bold", { exact: true });
  await bold.waitFor();
  const last = ada.rows.filter({ has: bold });
  expect(await last.locator("strong").textContent()).toBe("bold");
  expect(await last.locator("em").textContent()).toBe("italic");
  expect(await last.locator("del").textContent()).toBe("gone");
  expect(await last.locator("code").textContent()).toBe("code");
  const anchors = last.locator("a");
  expect(await anchors.evaluateAll((all) => all.map((a) => a.getAttribute("href")))).toEqual([
    "https://example.com/a?b=c&d",
    "mailto:b@example.com",
  ]);
  for (const anchor of await anchors.all())
    expect(await anchor.getAttribute("rel")).toBe("noopener noreferrer");
  const shown = (await ada.rows.allTextContents()).join("\n");
  for (const text of links.slice(0, 5)) expect([text, shown.includes(text)]).toEqual([text, true]);
  const schemes = await page
    .locator("main a")
    .evaluateAll((all) => all.map((a) => (a as unknown as URL).protocol));
  expect(schemes.filter((scheme) => !/^(https?|mailto):$/.test(scheme))).toEqual([]);
  expect(await page.locator("main :is(img, hr, iframe, b)").count()).toBe(0);
  expect(await executed()).toEqual([]);
  await plain.close();
});
