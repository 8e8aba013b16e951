import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import { ChatPage, GONE } from "./support/chat-page.ts";

test("rooms that are not shown count what comes, over a reload too, until one has read it", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await ChatPage.enter(await browser.page(), server.url, "ada", "lobby");
  const { page } = ada;
  await ada.say("hello");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Room" }).fill("#tea");
  await page.getByRole("option", { name: "Open #tea" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("No messages in #tea yet").waitFor();
  expect(new URL(page.url()).pathname).toBe("/r/tea");

  const plain = await WebSocketClient.open("eve", server.url, "/ws/lobby?username=eve");
  for (const text of ["one", "two"]) plain.send(text);
  await page.getByRole("link", { name: "lobby 2 unread" }).waitFor();
  await ada.titled("(2) #tea · Fanfare");
  plain.send("three");
  await page.getByRole("link", { name: "lobby 3 unread" }).waitFor();
  await ada.composer.fill("a draft");
  await ada.reload();
  expect(await ada.composer.inputValue()).toBe("a draft");
  await page.getByRole("link", { name: "lobby 3 unread" }).click();
  await ada.sees("hello", "three");
  await page.getByText("New", { exact: true }).waitFor();
  await page.getByRole("link", { name: "lobby", exact: true }).waitFor();
  await ada.titled("#lobby · Fanfare");
  expect(await ada.composer.inputValue()).toBe("");
  await ada.composer.press("Escape");
  await page.getByText("New", { exact: true }).waitFor({ state: "detached" });
  await page.keyboard.press("Alt+ArrowDown");
  await page.getByText("No messages in #tea yet").waitFor();
  expect(await ada.composer.inputValue()).toBe("a draft");
  await plain.close();
});

test("while the page is hidden its title counts, and notifications tell, once somebody has asked for them", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const fresh = await browser.page();
  await fresh.context().grantPermissions(["notifications"], { origin: server.url.origin });
  await fresh.addInitScript(RECORD_NOTIFICATIONS);
  const ada = await ChatPage.enter(fresh, server.url, "ada", "lobby");
  const plain = await WebSocketClient.open("eve", server.url, "/ws/lobby?username=eve");
  await ada.hide(true);
  plain.send("not asked for");
  await ada.titled("(1) #lobby · Fanfare");
  await ada.hide(false);
  await ada.titled("#lobby · Fanfare");
  await ada.page.getByText("New", { exact: true }).waitFor();
  await ada.page.getByRole("button", { name: "Notify me while the page is hidden" }).click();
  await ada.page.getByRole("button", { name: "Turn notifications off" }).waitFor();
  plain.send("seen anyway");
  await ada.sees("seen anyway");
  await ada.hide(true);
  plain.send("<b>asked for</b>");
  await ada.titled("(1) #lobby · Fanfare");
  expect(await ada.page.evaluate("notified")).toEqual(["eve in #lobby: <b>asked for</b>"]);
  await plain.close();
});

const RECORD_NOTIFICATIONS = `
  globalThis.notified = [];
  globalThis.Notification = class {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor(title, { body }) { notified.push(title + ": " + body); }
    close() {}
  };
`;

test("PUB-3: what the server refuses says so, and can be sent again or discarded", async () => {
  using data = scratchDirectory();
  await using browser = await openBrowser();
  const policies = `FANFARE_POLICIES=[{ pattern = "chat:*", max_data = "1KiB" }]`;
  const strict = await ServerProcess.startBy(["env", policies], data.path);
  const ada = await ChatPage.enter(await browser.page({ expected: GONE }), strict.url, "ada", "lobby");
  const [long, longer] = ["x".repeat(1_500), "y".repeat(1_500)];
  await ada.say(long);
  await ada.message(long).getByText("Not sent.").waitFor();
  await ada.say(longer);
  await ada.message(longer).getByRole("button", { name: "Discard" }).click();
  await ada.message(longer).waitFor({ state: "detached" });
  await ada.say("short");
  await ada.sees("short");
  await strict.end("SIGKILL");
  await using lax = await ServerProcess.start(data.path, "--port", strict.url.port);
  await ada.message(long).getByRole("button", { name: "Retry" }).click();
  await ada.message(long).getByText("Sent").waitFor();
  const bob = await ChatPage.enter(await browser.page({ expected: GONE }), lax.url, "bob", "lobby");
  await bob.sees("short", long);
  expect(await bob.texts()).toEqual(["short", long]);
});

test("NAME-1 NAME-2 HTTP-13: names that will not do say why beside the field, from the address as well", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await browser.page();
  await page.goto(server.url.href);
  const [name, room] = [page.getByLabel("Your name"), page.getByLabel("Room", { exact: true })];
  const join = page.getByRole("button", { name: "Join" });
  await room.fill(" ");
  await join.click();
  await page.getByText("Enter the name that others see.").waitFor();
  await page.getByText("Enter a room name.").waitFor();
  expect(await name.getAttribute("aria-invalid")).toBe("true");
  await name.fill("x".repeat(65));
  await room.fill("é".repeat(62));
  await join.click();
  await page.getByText("Names have at most 64 characters; this has 65.").waitFor();
  await page.getByText("This name is too long: 124 bytes of 123.").waitFor();
  await name.fill("ad\u202ea");
  await room.fill("every*");
  await join.click();
  await page.getByText("This contains an invisible character.").waitFor();
  await page.getByText("Room names can't contain *.").waitFor();

  await page.goto(new URL(`/r/${"x".repeat(124)}`, server.url).href);
  await page.getByText("This name is too long: 124 bytes of 123.").waitFor();
  await page.goto(new URL("/r/a%00b", server.url).href).catch(() => {});
  await page.goto(new URL("/r/a%0Ab", server.url).href);
  await page.getByText("This contains an invisible character.").waitFor();
  await name.fill("ada");
  await room.fill("lobby");
  await join.click();
  await page.getByText("No messages in #lobby yet").waitFor();
  const notUtf8 = await page.request.get(new URL("/r/%E0%A4", server.url).href);
  expect([notUtf8.status(), await notUtf8.text()]).toEqual([400, expect.stringContaining("UTF-8")]);
  await page.goto(new URL(`/r/${"x".repeat(124)}`, server.url).href);
  await page.getByText("No such room").waitFor();
  await page.getByText("This name is too long: 124 bytes of 123.").waitFor();
});

test("HELLO-2: a name can be changed, and one that somebody goes by is told, not forbidden", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const plain = await WebSocketClient.open("eve", server.url, "/ws/lobby?username=eve");
  const page = await browser.page();
  await page.addInitScript("const now = Date.now; Date.now = () => now() + 60_000;"); // eve came a minute ago
  const ada = await ChatPage.enter(page, server.url, "eve", "lobby");
  await page.getByText("Someone named eve is already here").waitFor();
  await page.getByRole("button", { name: "Change name" }).click();
  const dialog = page.getByRole("dialog", { name: "Change your name" });
  await dialog.getByLabel("Your name").fill("");
  await dialog.getByRole("button", { name: "Change name" }).click();
  await dialog.getByText("Enter the name that others see.").waitFor();
  await dialog.getByLabel("Your name").fill("ada");
  await dialog.getByLabel("Your name").press("Enter");
  await page.getByRole("list", { name: "Members" }).getByText("ada").waitFor();
  await ada.say("hello");
  await plain.frames.next((frame) => frame.includes('"content":"hello"') && frame.includes('"ada"'));
  await ada.reload();
  await ada.say("again");
  await plain.frames.next((frame) => frame.includes('"content":"again"') && frame.includes('"ada"'));
  await plain.close();
});

test("the composer counts, splits what is too long, knows emoji by name, and goes by keyboard", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await ChatPage.enter(await browser.page(), server.url, "ada", "lobby");
  const { page, composer } = ada;
  await composer.fill("x".repeat(3_990));
  await page.getByText("10 left").waitFor();
  await composer.fill(`${"word ".repeat(1_000)}end`);
  await page.getByText("1003 too many").waitFor();
  await composer.press("Enter");
  await page.getByText("This is too long for one message.").waitFor();
  expect(await ada.rows.count()).toBe(0);
  await page.getByRole("button", { name: "Send as 2 messages" }).click();
  await ada.sees("word ".repeat(800).trim(), `${"word ".repeat(200)}end`);
  await composer.fill("y".repeat(50_000));
  await page.getByText("Only the first 40,000 characters were kept.").waitFor();
  await composer.fill("");

  await composer.pressSequentially("at 10:30 :tad");
  await page.getByRole("option", { name: ":tada:" }).waitFor();
  await composer.press("Enter");
  await composer.press("Shift+Enter");
  await composer.pressSequentially("second line :fire:");
  expect(await composer.inputValue()).toBe("at 10:30 🎉\nsecond line 🔥");
  await composer.press("Enter");
  await ada.rows.getByText(/^at 10:30 🎉\s*second line 🔥$/).waitFor();
  await page.getByRole("button", { name: "Emoji" }).click();
  await page.getByLabel("Search emoji").fill("rocket");
  await page.getByLabel("Search emoji").press("ArrowDown");
  await page.keyboard.press("Enter");
  expect(await composer.inputValue()).toBe("🚀");
  await composer.fill("");

  await composer.press("ArrowUp");
  await ada.holds(`document.activeElement.textContent.includes("second line")`);
  await page.keyboard.press("ArrowUp");
  await ada.holds(`document.activeElement.textContent.includes("end")`);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await ada.holds(`document.activeElement.closest("[role=dialog]") !== null`); // before it has it, Escape is the row's
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await ada.holds(`document.activeElement.matches("[data-row]")`);
  await page.keyboard.type("back to writing");
  expect(await composer.inputValue()).toBe("back to writing");
});
