import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { type Browser, openBrowser } from "../../client/test/support/browser.ts";
import { violations } from "./support/accessibility.ts";
import { ChatPage } from "./support/chat-page.ts";
import { LoginServer, REFUSED } from "./support/login.ts";
import { TodoPage } from "./support/todo-page.ts";

setDefaultTimeout(120_000);

/** Seconds of a session; its last quarter is near its end. */
const LIFE = 24;

/** A script of the page: counts the WebSockets that were opened, and keeps what is said of the connection and the session. */
const WATCH = `
  globalThis.opened = 0;
  globalThis.said = [];
  const Real = WebSocket;
  globalThis.WebSocket = class extends Real {
    constructor(url, ...protocol) {
      super(url, ...protocol);
      this.addEventListener("open", () => { opened += 1; });
    }
  };
  new MutationObserver(() => {
    const text = document.body?.innerText ?? "";
    for (const words of ["Offline", "offline", "Your session", "Sign in", "ended the connection", "does not answer", "Reconnecting"])
      if (text.includes(words) && !said.includes(words)) said.push(words);
  }).observe(document, { childList: true, subtree: true, characterData: true });
`;

let server: LoginServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([LoginServer.start(), openBrowser()]);
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function open(path: string, beside?: Page): Promise<Page> {
  const page = beside ? await beside.context().newPage() : await browser.page({ expected: REFUSED });
  await page.addInitScript(WATCH);
  if (beside === undefined) await server.signIn(page.context(), path.slice("/r/".length), { life: LIFE });
  await page.goto(new URL(path, server.url).href);
  return page;
}

const reconnected = (page: Page) => ChatPage.of(page).holds("opened === 2");
const said = (page: Page) => page.evaluate<readonly string[]>("said");

test.concurrent("AUTH-4 HTTP-8: a session that another one follows in time goes on in every page, over another connection, and nothing is said of it", async () => {
  const page = await open("/r/ada");
  const chat = await ChatPage.entered(page);
  const [board, list, log] = await Promise.all(
    ["/board", "/todo/ada", "/console?room=chat:ada"].map((path) => open(path, page)),
  );
  if (board === undefined || list === undefined || log === undefined) throw new Error("not all are open");
  const todo = TodoPage.of(list);
  await Promise.all([
    board.getByText("Connected").waitFor(),
    todo.live(),
    log.getByText(/^Online as ada/).waitFor(),
  ]);
  await chat.composer.fill("a draft");
  await server.signIn(page.context(), "ada");
  const pages = [page, board, list, log];
  await Promise.all(pages.map(reconnected));
  expect(await chat.composer.inputValue()).toBe("a draft");
  await chat.composer.press("Enter");
  await chat.message("a draft").getByText("Sent").waitFor();
  await log
    .getByText(/"a draft"/)
    .first()
    .waitFor();
  await todo.add("Milk");
  await todo.saved();
  await board.getByLabel("Note", { exact: true }).fill("a note");
  await board.getByRole("button", { name: "Put up" }).click();
  await board.locator("main li").filter({ hasText: "a note" }).waitFor();
  expect(await Promise.all(pages.map(said))).toEqual([[], [], [], []]);
});

test.concurrent("AUTH-4: where none follows the page says so in time, and whoever signs in elsewhere goes on without a break", async () => {
  const page = await open("/r/bob");
  const chat = await ChatPage.entered(page);
  await chat.say("the newest");
  await chat.message("the newest").getByText("Sent").waitFor();
  await chat.composer.fill("a draft");
  const banner = page.getByRole("status").filter({ hasText: "Your session ends soon." });
  await banner.waitFor();
  // It takes some of the height, and nothing of what one reads.
  await chat.holds(`(() => {
    const region = document.querySelector("[aria-label^='Messages in']").getBoundingClientRect();
    const rows = [...document.querySelectorAll("main article")];
    return rows.length > 0 && rows.at(-1).getBoundingClientRect().bottom <= region.bottom;
  })()`);
  const link = banner.getByRole("link", { name: "Sign in in a new tab" });
  expect(new URL((await link.getAttribute("href")) ?? "").searchParams.get("return")).toBe("/r/bob");
  expect(await link.getAttribute("target")).toBe("_blank");
  expect(await violations(page)).toEqual([]);
  await server.signIn(page.context(), "bob");
  await page.evaluate("dispatchEvent(new Event('focus'))");
  await reconnected(page);
  await banner.waitFor({ state: "detached" });
  expect(await chat.composer.inputValue()).toBe("a draft");
  await chat.composer.press("Enter");
  await chat.message("a draft").getByText("Sent").waitFor();
  expect(await page.getByRole("heading", { name: "Sign in again" }).count()).toBe(0);
});

test.concurrent("HTTP-8: while the server cannot say who one is, the page goes on as it was, and asks again", async () => {
  const page = await open("/r/cyd");
  const chat = await ChatPage.entered(page);
  let unanswered = 0;
  const asked = Promise.withResolvers<void>();
  await page.route("**/api/session", (route) => {
    unanswered += 1;
    if (unanswered === 2) asked.resolve();
    return route.fulfill({ status: 503, json: { error: "The keys cannot be had now.", guests: false } });
  });
  await asked.promise;
  await chat.say("still here");
  await chat.message("still here").getByText("Sent").waitFor();
  expect(await said(page)).toEqual([]);
  await server.signIn(page.context(), "cyd");
  await page.unroute("**/api/session");
  await reconnected(page);
  expect(await said(page)).toEqual([]);
});

test.concurrent("AUTH-5 AUTH-6: a session that allows less takes away what it does not allow, and nothing else", async () => {
  const page = await open("/r/dot");
  const chat = await ChatPage.entered(page);
  await chat.say("kept");
  await chat.message("kept").getByText("Sent").waitFor();
  await chat.composer.fill("a draft");
  await server.signIn(page.context(), "dot", { rooms: { "chat:*": "join,history" } });
  await reconnected(page);
  await page.getByText("You can read in #dot, not write: you lack the permission publish.").waitFor();
  await page.getByText("you lack the permission presence.").waitFor();
  await chat.sees("kept");
  await server.signIn(page.context(), "dot", { life: 7200 });
  await page.reload();
  await chat.loaded();
  expect(await chat.composer.inputValue()).toBe("a draft");
});
