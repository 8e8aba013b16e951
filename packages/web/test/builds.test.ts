import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { openBrowser } from "@fanfare/testing/browser";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { FanfareProcess } from "@fanfare/testing/server-process";
import type { WebAppsOptions } from "../src/index.ts";
import { copyOfTheApps } from "./support/copy-of-the-apps.ts";

const HTML = { accept: "text/html" };
const board = () => new Request("http://localhost/board", { headers: HTML });

/** What was told of builds, one after the other. */
function builds() {
  const told: { readonly ms: number; readonly fresh: boolean }[] = [];
  const failures: unknown[] = [];
  let next = Promise.withResolvers<void>();
  const tell = () => {
    next.resolve();
    next = Promise.withResolvers();
  };
  return {
    told,
    failures,
    next: () => next.promise,
    options: {
      onBuilt: (build) => {
        told.push(build);
        tell();
      },
      onFailure: (error) => {
        failures.push(error);
        tell();
      },
    } satisfies WebAppsOptions,
  };
}

describe("a build", () => {
  test("is made once for the same sources, and found by the next start", async () => {
    using directory = scratchDirectory();
    const { open, cache, write } = await copyOfTheApps(directory.path);
    const { told, options } = builds();
    const pages: string[] = [];
    for (const _ of [1, 2]) {
      const apps = open(options);
      pages.push(await ((await apps.http(board()))?.text() ?? ""));
      await apps.close();
    }
    expect(told.map(({ fresh }) => fresh)).toEqual([true, false]);
    expect(pages[0]).toBe(pages[1]);
    expect(readdirSync(cache)).toHaveLength(1);
    write("board/app.tsx", 'document.title = "another";');
    const apps = open(options);
    expect(await (await apps.http(board()))?.text()).not.toBe(pages[0]);
    expect(told.map(({ fresh }) => fresh)).toEqual([true, false, true]);
    await apps.close();
    console.log(`built in ${told[0]?.ms} ms, found in ${told[1]?.ms} ms`);
  });

  test("that fails costs the pages alone: 503, the reason to the log, and nothing of it to the client", async () => {
    using directory = scratchDirectory();
    const { open, cache, write } = await copyOfTheApps(directory.path);
    write("board/app.tsx", "const secret = ;");
    const { failures, options } = builds();
    const apps = open(options);
    const response = await apps.http(board());
    expect(response?.status).toBe(503);
    expect(await response?.text()).not.toContain("secret");
    expect(failures).toHaveLength(1);
    expect(String(failures[0])).toContain("board/app.tsx");
    expect(readdirSync(cache)).toEqual([]);
    const icon = await apps.http(new Request("http://localhost/assets/icon.svg"));
    expect(icon?.status).toBe(200);
    await apps.close();
  });

  test("that is under way ends when the apps are closed, and leaves nothing behind", async () => {
    using directory = scratchDirectory();
    const { open, cache } = await copyOfTheApps(directory.path);
    const { failures, told, options } = builds();
    const apps = open(options);
    void apps.prepare();
    await apps.close();
    expect([failures, told]).toEqual([[], []]);
    expect(readdirSync(cache)).toEqual([]);
  });
});

test("watched pages are built again when a source changes, also after a mistake, and reload themselves", async () => {
  using directory = scratchDirectory();
  const { open, write } = await copyOfTheApps(directory.path);
  const { failures, next, options } = builds();
  const apps = open({ ...options, watch: true });
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => apps.http(request) ?? new Response("not found", { status: 404 }),
  });
  await using browser = await openBrowser();
  const app = (text: string) => `document.querySelector("#app").textContent = ${JSON.stringify(text)};`;
  let build = next();
  write("board/app.tsx", app("one"));
  await build;
  const page = await browser.page({ expected: /status of 503/ });
  await page.goto(new URL("/board", server.url).href);
  await page.getByText("one", { exact: true }).waitFor();
  write("board/app.tsx", app("two"));
  await page.getByText("two", { exact: true }).waitFor();
  build = next();
  write("board/app.tsx", "const = '<b>';");
  await build;
  expect(failures).toHaveLength(1);
  await page.getByText("The pages could not be built").waitFor();
  expect(await page.locator("pre").textContent()).toMatch(/board\/app\.tsx|const = '<b>';/);
  write("board/app.tsx", app("three"));
  await page.getByText("three", { exact: true }).waitFor();
  await page.close();
  await apps.close();
});

describe("fanfare serve", () => {
  test("--web off serves no pages, and addresses are what they were", async () => {
    using data = scratchDirectory();
    const args = ["serve", "--host", "127.0.0.1", "--port", "0", "--data", data.path, "--web", "off"];
    await using server = new FanfareProcess(args);
    const [, url = ""] = await server.printed(/(http:[^\s"]+)/);
    const get = (path: string) => fetch(new URL(path, url), { headers: HTML });
    expect((await get("/board")).status).toBe(426);
    expect((await get("/assets/icon.svg")).status).toBe(404);
    expect(await (await get("/")).text()).toStartWith("Fanfare is up.");
  });

  test("says at a terminal where the pages are", async () => {
    using data = scratchDirectory();
    const usual = [
      "serve",
      "--host",
      "127.0.0.1",
      "--port",
      "0",
      "--data",
      data.path,
      "--log-format",
      "text",
    ];
    await using on = new FanfareProcess(usual);
    await on.printed(/Ctrl-C stops it/);
    expect(on.stdout).toMatch(/ {2}browser +http:\/\/127\.0\.0\.1:\d+\/.*board/);
    await on.end("SIGTERM");
    await using off = new FanfareProcess([...usual, "--web", "off"]);
    await off.printed(/Ctrl-C stops it/);
    expect(off.stdout).not.toContain("browser");
  });

  test("listens first, and pages that are asked for meanwhile wait", async () => {
    using data = scratchDirectory();
    const args = ["serve", "--host", "127.0.0.1", "--port", "0", "--data", data.path, "--log-level", "debug"];
    await using server = new FanfareProcess(args);
    const [, url = ""] = await server.printed(/(http:[^\s"]+)/);
    const page = await fetch(new URL("/board", url), { headers: HTML });
    expect(page.status).toBe(200);
    await server.printed(/"web.ready"/);
    expect(server.stdout.indexOf("server.listening")).toBeLessThan(server.stdout.indexOf("web.ready"));
    expect(await server.end("SIGTERM")).toMatchObject({ code: 0 });
  });
});
