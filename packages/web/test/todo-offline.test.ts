import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { FaultProxy } from "@fanfare/testing/fault-proxy";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";
import { expectSoon } from "./support/expect-soon.ts";
import { GONE, REFUSED, TodoPage } from "./support/todo-page.ts";

const expected = new RegExp(`${GONE.source}|${REFUSED.source}`);

test("TODO-2 JOIN-3: offline, one goes on; back again, all is sent once and in order, and what others did meanwhile is there", async () => {
  await using server = await RestartableServer.start();
  await using proxy = await FaultProxy.open(server.url);
  await using browser = await openBrowser();
  const bob = new TodoClient(server.url, "bob");
  const milk = await bob.create("groceries", "Milk");
  const bread = await bob.create("groceries", "Bread");
  const ada = await TodoPage.open(browser, proxy.url, "groceries", "ada", { expected });
  proxy.refuse();
  proxy.cut("reset");
  await ada.page.getByText("You are offline.").waitFor();
  await ada.complete("Milk");
  await ada.rename("Milk", "Oat milk");
  for (const title of ["first", "second", "third"]) await ada.add(title);
  await ada.page.getByText("4 changes are saved here").waitFor();
  await ada.row("second").getByRole("button", { name: "Delete" }).click();
  await ada.rename("Bread", "White bread");
  await bob.patch(bread.id, { title: "Brown bread" });
  for (const title of ["x", "y", "z"]) await bob.create("groceries", title);
  expect(await ada.titles()).toEqual(["Oat milk", "White bread", "first", "third"]);

  proxy.admit();
  await ada.page.getByText("You are offline.").waitFor({ state: "detached" });
  await ada.toast("bob made 4 changes while you were offline").waitFor();
  const conflict = ada.row("Brown bread").getByRole("alert");
  await conflict.getByText("bob changed this while you were editing").waitFor();
  await ada.saved();
  const expectedTitles = ["Oat milk", "Brown bread", "x", "y", "z", "first", "third"];
  await ada.page.getByRole("button", { name: "All 7" }).waitFor();
  expect(await ada.titles()).toEqual(expectedTitles);
  const kept = async () => (await bob.all("list=groceries")).map(({ title }) => title);
  await expectSoon(kept, expectedTitles);
  expect(await bob.get(milk.id)).toMatchObject({ title: "Oat milk", completed: true });
  await conflict.getByRole("button", { name: "Apply mine" }).click();
  await ada.box("White bread").waitFor();
  await ada.saved();
});

test("TODO-2 TODO-3: the server dies amid edits and comes back: each is made once, and every page has the same", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const bob = await TodoPage.open(browser, server.url, "groceries", "bob", { expected });
  const ada = await TodoPage.open(browser, server.url, "groceries", "ada", { expected });
  const titles = Array.from({ length: 6 }, (_, n) => `to-do ${n}`);
  for (const title of titles) await ada.add(title);
  await bob.box("to-do 5").waitFor();
  await ada.saved();
  for (let round = 0; round < 2; round++) {
    const more = Array.from({ length: 8 }, (_, n) => `round ${round} ${n}`);
    const dies = server.kill();
    for (const title of more) await ada.add(title);
    for (const title of titles.slice(round * 2, round * 2 + 2)) await ada.complete(title);
    await dies;
    titles.push(...more);
    await server.restart();
    await ada.saved();
    await bob.box(more[7] ?? "").waitFor();
  }
  const all = `All ${titles.length}`;
  for (const page of [ada, bob]) {
    await page.live();
    await page.page.getByRole("button", { name: all }).waitFor();
    await page.page.getByRole("button", { name: "Done 4" }).waitFor();
    expect(await page.titles()).toEqual(titles);
  }
  const kept = await new TodoClient(server.url).all("list=groceries");
  expect(kept.map(({ title }) => title)).toEqual(titles);
  expect(kept.filter(({ completed }) => completed).map(({ title }) => title)).toEqual(titles.slice(0, 4));
});

for (const isLive of [true, false]) {
  const by = isLive ? "by its notification" : "by the list, where nothing comes live";
  test(`TODO-1 TODO-3: a change whose answer is lost is known again ${by}: it is made once, and is no conflict with oneself`, async () => {
    using data = scratchDirectory();
    await using server = await ServerProcess.start(data.path, "--engine", "memory");
    await using browser = await openBrowser();
    const client = new TodoClient(server.url);
    const milk = await client.create("groceries", "Milk");
    const { id } = await client.create("groceries", "Bread");
    const page = await browser.page({ expected: /ERR_FAILED|status of 4(04|12)/ });
    if (!isLive) await page.routeWebSocket("**/ws", () => {}); // it is open, and says nothing
    await page.goto(new URL("/todo/groceries", server.url).href);
    const ada = TodoPage.of(page);
    await ada.box("Bread").waitFor();
    if (isLive) await ada.live();
    let lost = 0;
    let failed = 0;
    const allFailed = Promise.withResolvers<void>();
    page.on("requestfailed", (request) => {
      if (request.method() !== "GET" && ++failed === 3) allFailed.resolve();
    });
    await page.route(/\/api\/todos(\/.*)?$/, async (route) => {
      if (route.request().method() === "GET" || lost >= 3) return route.continue();
      lost++;
      await route.fetch();
      await route.abort();
    });
    await ada.rename("Milk", "Oat milk");
    await ada.add("Cake");
    await ada.row("Bread").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "All 2" }).waitFor();
    await allFailed.promise;
    await ada.saved();
    expect(await ada.titles()).toEqual(["Oat milk", "Cake"]);
    expect(await page.getByRole("alert").count()).toBe(0);
    await ada.complete("Cake");
    await ada.saved();
    await page.getByRole("button", { name: "Done 1" }).waitFor();
    const kept = await client.all("list=groceries");
    expect(kept.map(({ title, version }) => [title, version])).toEqual([
      ["Oat milk", milk.version + 1],
      ["Cake", expect.any(Number)],
    ]);
    expect((await client.ask("GET", `/${id}`)).status).toBe(404);
    expect(lost).toBe(3);
  });
}

test("TODO-9: what is created with answers lost is created once each, though titles are the same; Undo brings back the same to-do", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--engine", "memory");
  await using browser = await openBrowser();
  const client = new TodoClient(server.url, "bob");
  const milk = await client.create("groceries", "Milk");
  await client.create("groceries", "Bread");
  const ada = await TodoPage.open(browser, server.url, "groceries", "ada", { expected: /ERR_FAILED/ });
  const bob = await TodoPage.open(browser, server.url, "groceries", "bob");
  const lost = new Set<string>();
  await ada.page.route(/\/api\/todos(\/.*)?$/, async (route) => {
    const request = route.request();
    const key = `${request.method()} ${request.postData()}`;
    if (request.method() === "GET" || lost.has(key)) return route.continue();
    lost.add(key);
    await route.fetch();
    await route.abort();
  });
  for (let n = 0; n < 2; n++) {
    await ada.field.fill("Cake");
    await ada.field.press("Enter");
  }
  await ada.page.getByRole("button", { name: "All 4" }).waitFor();
  await ada.saved();
  await ada.row("Milk").getByRole("button", { name: "Delete" }).click();
  await ada.page.getByRole("button", { name: "Undo" }).click();
  await ada.box("Milk").waitFor();
  await ada.saved();
  await ada.complete("Milk");
  await bob.checked("Milk");
  await ada.saved();
  const titles = ["Milk", "Bread", "Cake", "Cake"];
  for (const page of [ada, bob]) expect(await page.titles()).toEqual(titles);
  const kept = await client.all("list=groceries");
  expect(kept.map(({ title }) => title)).toEqual(titles);
  expect(kept[0]).toMatchObject({ id: milk.id, completed: true, version: 3 });
  expect(lost.size).toBe(5);
});

test("GAP-1: where the room cannot go on, the list is loaded anew", async () => {
  using first = scratchDirectory();
  using second = scratchDirectory();
  await using browser = await openBrowser();
  await using server = await ServerProcess.start(first.path);
  await new TodoClient(server.url).create("groceries", "old");
  const ada = await TodoPage.open(browser, server.url, "groceries", "ada", { expected: GONE });
  await ada.box("old").waitFor();
  await server.end("SIGKILL");
  await using another = await ServerProcess.start(second.path, "--port", server.url.port);
  const bob = new TodoClient(another.url, "bob");
  for (const title of ["new 1", "new 2"]) await bob.create("groceries", title);
  await ada.box("new 2").waitFor();
  await ada.box("old").waitFor({ state: "detached" });
  expect(await ada.titles()).toEqual(["new 1", "new 2"]);
  await bob.create("groceries", "new 3");
  await ada.box("new 3").waitFor();
});

test("TODO-6: while a list cannot be loaded the page says so, and shows it once it can", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path);
  await using browser = await openBrowser();
  await new TodoClient(server.url).create("groceries", "Milk");
  const page = await browser.page({ expected: GONE });
  let isAway = true;
  const pressed = Promise.withResolvers<void>();
  await page.route("**/api/todos?*", async (route) => {
    if (isAway) return route.fulfill({ status: 503, body: "{}" });
    // The page tries again by itself as well, and the button would be gone with what comes.
    await pressed.promise;
    return route.continue();
  });
  await page.goto(new URL("/todo/groceries", server.url).href);
  await page.getByText("The list can't be loaded").waitFor();
  isAway = false;
  await page.getByRole("button", { name: "Try again" }).click();
  pressed.resolve();
  await page.getByRole("checkbox", { name: "Milk" }).waitFor();
});
