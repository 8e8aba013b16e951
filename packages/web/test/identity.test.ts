import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Browser, openBrowser } from "@fanfare/testing/browser";
import type { Page } from "playwright-core";
import { violations } from "./support/accessibility.ts";
import { ChatPage } from "./support/chat-page.ts";
import { fillLogin, LoginServer, REFUSED, throughLogin } from "./support/login.ts";
import { TodoPage } from "./support/todo-page.ts";

const ALL = "join,publish,event,presence,history";

/** A script of the page: its WebSockets lead nowhere once it is told so, and break when it is told so. */
const BREAKABLE = `
  globalThis.isBlocked = false;
  const Real = WebSocket;
  const opened = [];
  globalThis.WebSocket = class extends Real {
    constructor(url, protocol) {
      super(isBlocked ? url.replace(/ws$/, "nowhere") : url, protocol);
      opened.push(this);
    }
  };
  globalThis.breakAll = () => { for (const socket of opened.splice(0)) socket.close(4000); };
`;

let server: LoginServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([LoginServer.start({ guests: true }), openBrowser()]);
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const open = async (path: string, page?: Page): Promise<Page> => {
  const shown = page ?? (await browser.page({ expected: REFUSED }));
  await shown.goto(new URL(path, server.url).href);
  return shown;
};
/** A page of a profile in which somebody has signed in. */
async function as(user: string, path: string, rooms?: Record<string, string>): Promise<Page> {
  const page = await browser.page({ expected: REFUSED });
  await page.context().addInitScript(BREAKABLE);
  await server.signIn(page.context(), user, rooms && { rooms });
  return open(path, page);
}
/** Goes on in the pages of a profile over connections with a token of two seconds, so that they may take long until then. */
async function endSoon(user: string, ...pages: readonly [Page, ...Page[]]): Promise<void> {
  await server.signIn(pages[0].context(), user, { life: 2 });
  await Promise.all(pages.map((page) => page.evaluate("breakAll()")));
}
/** As one does who has signed in elsewhere; the page may know by then. */
const comeBack = (page: Page) => page.evaluate("dispatchEvent(new Event('focus'))");
const again = (page: Page) => page.getByRole("heading", { name: "Sign in again" });

test("AUTH-3 HTTP-8: who has signed in chats by the token's name, and has no other", async () => {
  const page = await open("/r/team");
  await page.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
  await throughLogin(page, "ada");
  const ada = await ChatPage.entered(page);
  const bob = await ChatPage.entered(await as("bob", "/r/team", { "chat:*": ALL }));
  await ada.say("hello");
  await bob.sees("hello");
  await bob.say("hello yourself");
  await ada.sees("hello yourself");
  expect(await bob.message("hello").textContent()).toContain("ada");
  await page.getByRole("complementary", { name: "Rooms" }).getByText("ada", { exact: true }).waitFor();
  expect(await page.getByRole("button", { name: /change your name/ }).count()).toBe(0);
  await page.context().clearCookies();
  await page.reload();
  await again(page).waitFor();
  await page.getByText("no longer signed in as ada").waitFor();
  await throughLogin(page, "ada");
  await ada.sees("hello yourself");
  expect(page.url()).toBe(new URL("/r/team", server.url).href);
});

test("AUTH-4: when the token ends the page says so, and goes on where it was once there is another", async () => {
  const page = await as("carol", "/r/ending");
  const carol = await ChatPage.entered(page);
  await carol.say("before");
  await carol.message("before").getByText("Sent").waitFor();
  await carol.composer.fill("a draft");
  await endSoon("carol", page);
  await again(page).waitFor();
  // The page stays as it is; the way in opens beside it.
  const [beside] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("link", { name: "Sign in in a new tab" }).click(),
  ]);
  await fillLogin(beside, "carol");
  await (await ChatPage.entered(beside)).sees("before");
  expect(beside.url()).toBe(page.url());
  await carol.sees("before");
  expect(await carol.composer.inputValue()).toBe("a draft");
  await carol.composer.press("Enter");
  await carol.message("a draft").getByText("Sent").waitFor();
});

test("AUTH-4: what stands in the fields of a page is there when the same one has signed in again, and not when another one has", async () => {
  const board = await as("lea", "/board");
  const [list, log] = await Promise.all(
    ["/todo/lea", "/console?room=lea"].map(async (path) => open(path, await board.context().newPage())),
  );
  if (list === undefined || log === undefined) throw new Error("not all are open");
  const drafts = [
    board.getByLabel("Note", { exact: true }),
    TodoPage.of(list).field,
    log.getByLabel("Data, JSON"),
  ] as const;
  for (const draft of drafts) await draft.fill('"a draft"');
  await endSoon("lea", board, list, log);
  await Promise.all([board, list, log].map((page) => again(page).waitFor()));
  expect(await Promise.all(drafts.map((draft) => draft.isVisible()))).toEqual([false, false, false]);
  await server.signIn(board.context(), "lea");
  await comeBack(board);
  for (const draft of drafts) await draft.waitFor();
  expect(await Promise.all(drafts.map((draft) => draft.inputValue()))).toEqual(drafts.map(() => '"a draft"'));
  await server.signIn(board.context(), "max");
  await server.revoke("lea", 600);
  await list.getByRole("banner").getByText("max", { exact: true }).waitFor();
  for (const draft of drafts) await draft.waitFor();
  expect(await board.getByLabel("Note", { exact: true }).inputValue()).toBe("");
  expect(await TodoPage.of(list).field.inputValue()).toBe("");
});

test("AUTH-7: guests come in where a policy admits them, as guests, and nowhere else", async () => {
  const page = await open("/r/lobby");
  await page.getByRole("button", { name: "Continue as a guest" }).waitFor(); // before it the page has another field
  await page.getByLabel("Your name").fill("ada");
  await page.getByText("Others see you as guest-ada.").waitFor();
  await page.getByRole("button", { name: "Continue as a guest" }).click();
  const guest = await ChatPage.entered(page);
  const bob = await ChatPage.entered(await as("bob", "/r/lobby"));
  await guest.say("from a guest");
  await bob.sees("from a guest");
  expect(await bob.message("from a guest").textContent()).toContain("guest-ada");
  await page.getByRole("button", { name: /guest-ada.*change your name/ }).waitFor();
  await page.getByRole("link", { name: "Sign in" }).waitFor();
  await guest.reload();
  await guest.sees("from a guest");
  await open("/r/private", page);
  await page.getByText("You can't join this room").waitFor();
  await page.getByText("You lack the permission join in chat:private.").waitFor();
  // Whoever was a guest and signs in is that user, and nobody else.
  await throughLogin(page, "ada");
  await ChatPage.entered(page);
  expect(page.url()).toBe(new URL("/r/private", server.url).href);
});

test("AUTH-6: what is not allowed says which permission is missing, in every page", async () => {
  const page = await as("dan", "/r/other", { "chat:team": "join,presence,history,event" });
  await page.getByText("You can't join this room").waitFor();
  await page.getByText("You lack the permission join in chat:other.").waitFor();
  await open("/console?room=secret&room=chat:team", page);
  await page.getByText("Refused: You lack the permission join in secret.").first().waitFor();
  await page.getByLabel("Room to publish to").fill("chat:team");
  await page.getByLabel("Type", { exact: true }).fill("x");
  await page.getByLabel("Data, JSON").fill("1");
  await page.getByLabel("Data, JSON").press("Control+Enter");
  await page.getByText("Refused: You lack the permission publish in chat:team.").waitFor();
  await open("/todo/groceries", page);
  await page.getByText("You can't read this list").waitFor();
  await page.getByText("You lack the permission history in todo:groceries.").first().waitFor();
  await open("/board", page);
  await page.getByText("Not connected: you don't have the permission join in board:main.").waitFor();
});

test("AUTH-6 HTTP-12: who may join and publish alone chats, and is told calmly what is not shown", async () => {
  const gil = await ChatPage.entered(await as("gil", "/r/narrow"));
  await gil.say("before");
  await gil.message("before").getByText("Sent").waitFor();
  const page = await as("fern", "/r/narrow", { "chat:*": "join,publish" });
  const fern = await ChatPage.entered(page);
  await page.getByText("New messages appear here.").waitFor();
  await page.getByText("You can't see who is here, and others can't see you").waitFor();
  await fern.say("hello");
  await gil.sees("hello");
  await gil.say("hello yourself");
  await fern.sees("hello", "hello yourself");
  await page.getByText("You can't see earlier messages").waitFor();
  expect(await fern.message("before").count()).toBe(0);
  expect(await gil.page.getByRole("complementary", { name: "Members" }).getByText("fern").count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  // What is not permitted is not tried, so nothing of it is in the audit log.
  expect(server.refusals("fern")).toEqual([]);

  const reader = await as("hope", "/r/narrow", { "chat:*": "join,history,presence" });
  const hope = ChatPage.of(reader);
  await hope.sees("before", "hello", "hello yourself");
  await reader
    .getByText("You can read #narrow but not write: you don't have the permission publish.")
    .waitFor();
  expect(await hope.composer.count()).toBe(0);
  expect(await violations(reader)).toEqual([]);
});

test("AUTH-6 HTTP-12: nothing is said before it is known what is permitted, so that all of it is known as one's own", async () => {
  const page = await browser.page({ expected: REFUSED });
  const [asked, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await page.route("**/api/permissions?*", async (route) => {
    asked.resolve();
    await told.promise;
    await route.continue();
  });
  await server.signIn(page.context(), "nell");
  await page.goto(new URL("/r/early", server.url).href);
  const nell = ChatPage.of(page);
  await asked.promise;
  await nell.composer.waitFor();
  expect(await nell.composer.isEditable()).toBe(false);
  await nell.composer.press("Enter");
  told.resolve();
  await nell.say("early");
  await nell.message("early").getByText("Sent").waitFor();
});

test("AUTH-6 HTTP-12: the console and the board show what is permitted, and say what is not", async () => {
  const rooms = { "chat:*": "join", "board:main": "join,publish" };
  const page = await as("ines", "/console?room=chat:narrower", rooms);
  await page.getByText("You can't see earlier messages: you don't have the permission history").waitFor();
  const jan = await ChatPage.entered(await as("jan", "/r/narrower"));
  await jan.say("live");
  await page
    .getByText(/"live"/)
    .first()
    .waitFor();
  expect(await page.getByRole("button", { name: "Load earlier messages" }).count()).toBe(0);
  await open("/board", page);
  await page.getByText("You can't see notes from before you joined").waitFor();
  await page.getByLabel("Note").fill("from ines");
  await page.getByRole("button", { name: "Post" }).click();
  await page.locator("main li").filter({ hasText: "from ines" }).waitFor();
  const board = await as("kim", "/board", { "board:main": "join,history" });
  await board.locator("main li").filter({ hasText: "from ines" }).waitFor();
  await board
    .getByText("You can read the board but not post: you don't have the permission publish.")
    .waitFor();
  expect(await board.getByRole("textbox").count()).toBe(0);
  expect([...(await violations(page)), ...(await violations(board))]).toEqual([]);
  expect([...server.refusals("ines"), ...server.refusals("kim")]).toEqual([]);
});

test("TODO-8: to-dos are changed as the user that one is; who may only read sees that, and the change taken back", async () => {
  const page = await as("eve", "/todo/groceries", { "todo:*": "join,history" });
  const names: (string | undefined)[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") names.push(request.headers()["x-fanfare-user"]);
  });
  const eve = TodoPage.of(page);
  await eve.live();
  await page
    .getByText("You can read this list but not change it: you don't have the permission publish.")
    .waitFor();
  expect(await eve.field.count()).toBe(0);
  await page.getByText("Nothing to do yet").waitFor(); // what is there when the list is loaded is no news
  const fay = TodoPage.of(await as("fay", "/todo/groceries"));
  await fay.live();
  await fay.add("Milk");
  await eve.toast("fay added “Milk”").waitFor();
  await eve.box("Milk").click();
  await eve.row("Milk").getByText("Milk", { exact: true }).dblclick();
  await eve.box("Milk").press("Delete");
  expect(await page.getByRole("button", { name: /^(Rename|Delete) / }).count()).toBe(0);
  expect(await page.getByRole("textbox", { name: /^Rename/ }).count()).toBe(0);
  await eve.checked("Milk", false);
  expect(names).toEqual([]);
  expect(await violations(page)).toEqual([]);

  // Where what is permitted was more when the page asked.
  await server.signIn(page.context(), "eve");
  await page.reload();
  await eve.live();
  await server.signIn(page.context(), "eve", { rooms: { "todo:*": "join,history" } });
  await eve.field.fill("Eggs");
  await eve.field.press("Enter");
  await page.getByText("Not saved. You lack the permission publish in todo:groceries.").waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  await eve.box("Eggs").waitFor({ state: "detached" });
  await eve.box("Milk").click();
  await page.getByText("Not saved. You lack the permission publish in todo:groceries.").waitFor();
  await eve.checked("Milk", false);
  expect(names).toEqual(["eve"]);
});

test("AUTH-9: who is revoked while chatting is told, and is back once that is taken back", async () => {
  const page = await as("gus", "/r/team");
  const gus = await ChatPage.entered(page);
  const board = await page.context().newPage();
  await open("/board", board);
  await board.getByText("Connected", { exact: true }).waitFor();
  await gus.say("still here");
  await gus.message("still here").getByText("Sent").waitFor();
  await server.revoke("gus", 600);
  await Promise.all([again(page).waitFor(), again(board).waitFor()]);
  await page.getByText("it was revoked").waitFor();
  await server.revoke("gus", 0);
  // What one tab has found out, the others hear.
  await comeBack(page);
  await gus.sees("still here");
  await board.getByText("Connected", { exact: true }).waitFor();
});

test("ONCE-1 AUTH-3: what waits is sent for whoever wrote it alone, and is not lost where somebody else signs in", async () => {
  await using server = await LoginServer.start();
  const page = await browser.page({ expected: REFUSED });
  await server.signIn(page.context(), "hal");
  await page.goto(new URL("/r/team", server.url).href);
  const chat = await ChatPage.entered(page);
  const log = await page.context().newPage();
  await log.goto(new URL("/console?room=chat:team", server.url).href);
  await log.getByText(/^Online/).waitFor();
  await server.kill();
  await chat.say("of hal alone");
  await chat.stored(1);
  await server.signIn(page.context(), "ivy", { rooms: { "chat:*": ALL } });
  await server.restart();
  await page.getByRole("complementary", { name: "Rooms" }).getByText("ivy", { exact: true }).waitFor();
  await chat.loaded();
  await chat.say("of ivy");
  await chat.message("of ivy").getByText("Sent").waitFor();
  expect(await chat.message("of hal alone").count()).toBe(0);
  expect(await chat.message("of ivy").textContent()).toContain("ivy");

  await server.signIn(page.context(), "hal", { rooms: { "chat:*": ALL } });
  await chat.reload();
  await chat.sees("of ivy", "of hal alone");
  await chat.stored(0);
  expect(await chat.message("of hal alone").count()).toBe(1);
  expect(await page.locator("main article").filter({ hasText: "of hal alone" }).textContent()).toContain(
    "hal",
  );
  await log.getByText(/^Online as hal/).waitFor();

  // The same user, with less than before.
  await server.kill();
  await server.signIn(page.context(), "hal", { rooms: { "chat:*": "join,publish" } });
  await server.restart();
  await log.getByText("this user can't read earlier messages").waitFor();
  await page.getByText("you don't have the permission presence.").waitFor();
});

test("TODO-8: changes that wait are made once their author is back, and never as somebody else, which is told", async () => {
  await using server = await LoginServer.start();
  const page = await browser.page({ expected: REFUSED });
  await server.signIn(page.context(), "hal");
  await page.addInitScript(BREAKABLE);
  await page.goto(new URL("/todo/groceries", server.url).href);
  const todo = TodoPage.of(page);
  await todo.live();
  await server.kill();
  await todo.add("while it was away");
  await page.getByText("1 change is saved here").waitFor();
  await page.context().clearCookies();
  await server.restart();
  await page.getByText("Sent once hal is back: 1 change.").waitFor();
  await server.signIn(page.context(), "hal");
  await comeBack(page);
  await todo.live();
  await todo.box("while it was away").waitFor();
  await todo.saved();

  await server.kill();
  await todo.add("of hal alone");
  await page.getByText("1 change is saved here").waitFor();
  await server.signIn(page.context(), "ivy");
  // So that the live connection does not say first who one is now.
  await page.evaluate("isBlocked = true");
  await server.restart();
  await page.getByRole("banner").getByText("ivy", { exact: true }).waitFor();
  await todo.toast("1 change of hal not saved yet").waitFor();
  const made = page.waitForResponse(
    (answer) => answer.request().method() === "POST" && answer.status() === 201,
  );
  await todo.add("of ivy");
  await made;
  const headers = { authorization: `Bearer ${await server.token("a reader")}` };
  const answer = await fetch(new URL("/api/todos?list=groceries", server.url), { headers });
  const { todos } = (await answer.json()) as { readonly todos: readonly { readonly title: string }[] };
  expect(todos.map(({ title }) => title)).toEqual(["while it was away", "of ivy"]);
});

test("WCAG AA: the sign-in state, with a way for guests and without one, in both themes and on a phone", async () => {
  for (const phone of [false, true]) {
    const page = await open("/", await browser.page({ phone, expected: REFUSED }));
    await page.getByRole("button", { name: "Continue as a guest" }).click();
    await page.getByText("Enter the name that others see.").waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect([phone, colorScheme, ...(await violations(page))]).toEqual([phone, colorScheme]);
      const pictures = process.env.FANFARE_PICTURES;
      if (pictures !== undefined)
        await page.screenshot({
          path: `${pictures}/sign-in-${phone ? "phone" : "desktop"}-${colorScheme}.png`,
        });
    }
    const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(overflow).toBe(0);
  }
});
