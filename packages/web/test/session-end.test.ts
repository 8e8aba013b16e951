import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Browser, openBrowser } from "@fanfare/testing/browser";
import type { Page, Route } from "playwright-core";
import { violations } from "./support/accessibility.ts";
import { ChatPage } from "./support/chat-page.ts";
import { type Claims, LoginServer, REFUSED } from "./support/login.ts";
import { TodoPage } from "./support/todo-page.ts";

/**
 * Seconds of a session as the pages are told; its last quarter is near its end. To the server it lasts for an hour, so that
 * nothing here has to be done by a time.
 */
const LIFE = 4;
const HOUR = 3_600;
const NO_ANSWER = { status: 503, json: { error: "The keys cannot be had now.", guests: false } };

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

/** @param later answers what the page asks after its first question, which is told that the session ends soon */
async function open(path: string, beside?: Page, later = tell): Promise<Page> {
  const page = beside ? await beside.context().newPage() : await browser.page({ expected: REFUSED });
  await page.addInitScript(WATCH);
  let isFirst = true;
  await page.route("**/api/session", (route) => {
    const answer = isFirst ? tell : later;
    isFirst = false;
    return answer(route);
  });
  if (beside === undefined) await server.signIn(page.context(), path.slice("/r/".length), { life: HOUR });
  await page.goto(new URL(path, server.url).href);
  return page;
}

/** As the server says it, but for its clock: whatever ends within the hour is about to end. */
async function tell(route: Route): Promise<void> {
  // By the cookie that there is now, not when it was asked.
  const { cookie: _, ...headers } = route.request().headers();
  const response = await route.fetch({ headers });
  const { time, expires, ...session }: { readonly time: number; readonly expires: number } =
    await response.json();
  const told = expires - time > HOUR * 1_000 ? time : expires - LIFE * 1_000;
  await route.fulfill({ response, json: { ...session, expires, time: told } });
}

/** As somebody does before the session has ended. */
const signInAgain = (page: Page, user: string, claims: Claims = {}) =>
  server.signIn(page.context(), user, { life: 2 * HOUR, ...claims });

const reconnected = (page: Page) => ChatPage.of(page).holds("opened === 2");
const said = (page: Page) => page.evaluate<readonly string[]>("said");

test.concurrent("AUTH-4 HTTP-8: a session that another one follows in time goes on in every page, over another connection, and nothing is said of it", async () => {
  const renewed = Promise.withResolvers<void>();
  // In time, however long the pages take to open: what they ask before it is answered after it.
  const later = (route: Route) => renewed.promise.then(() => tell(route));
  const page = await open("/r/ada", undefined, later);
  const chat = await ChatPage.entered(page);
  const [board, list, log] = await Promise.all(
    ["/board", "/todo/ada", "/console?room=chat:ada"].map((path) => open(path, page, later)),
  );
  if (board === undefined || list === undefined || log === undefined) throw new Error("not all are open");
  const todo = TodoPage.of(list);
  await Promise.all([
    board.getByText("Connected", { exact: true }).waitFor(),
    todo.live(),
    log.getByText(/^Online as ada/).waitFor(),
  ]);
  await chat.composer.fill("a draft");
  await signInAgain(page, "ada");
  renewed.resolve();
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
  await board.getByRole("button", { name: "Post" }).click();
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
  await signInAgain(page, "bob");
  await page.evaluate("dispatchEvent(new Event('focus'))");
  await reconnected(page);
  await banner.waitFor({ state: "detached" });
  expect(await chat.composer.inputValue()).toBe("a draft");
  await chat.composer.press("Enter");
  await chat.message("a draft").getByText("Sent").waitFor();
  expect(await page.getByRole("heading", { name: "Sign in again" }).count()).toBe(0);
});

test.concurrent("HTTP-8: while the server cannot say who one is, the page goes on as it was, and asks again", async () => {
  let unanswered = 0;
  let isAway = true;
  const asked = Promise.withResolvers<void>();
  const page = await open("/r/cyd", undefined, (route) => {
    if (!isAway) return tell(route);
    unanswered += 1;
    if (unanswered === 2) asked.resolve();
    return route.fulfill(NO_ANSWER);
  });
  const chat = await ChatPage.entered(page);
  await asked.promise;
  await chat.say("still here");
  await chat.message("still here").getByText("Sent").waitFor();
  expect(await said(page)).toEqual([]);
  await signInAgain(page, "cyd");
  isAway = false;
  await reconnected(page);
  expect(await said(page)).toEqual([]);
});

test.concurrent("AUTH-5 AUTH-6: a session that allows less takes away what it does not allow, and nothing else", async () => {
  const page = await open("/r/dot");
  const chat = await ChatPage.entered(page);
  await chat.say("kept");
  await chat.message("kept").getByText("Sent").waitFor();
  await chat.composer.fill("a draft");
  await signInAgain(page, "dot", { rooms: { "chat:*": "join,history" } });
  await reconnected(page);
  await page.getByText("You can read #dot but not write: you don't have the permission publish.").waitFor();
  await page.getByText("you don't have the permission presence.").waitFor();
  await chat.sees("kept");
  await signInAgain(page, "dot");
  await page.reload();
  await chat.loaded();
  expect(await chat.composer.inputValue()).toBe("a draft");
});
