import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import type { Page } from "playwright-core";
import { RewritingProxy } from "./support/rewriting-proxy.ts";

/** A browser says on its console that a WebSocket was refused, and which answers were errors. */
const expected = /WebSocket connection to|status of 4(03|26)/;
const PATHS = ["/r/lobby", "/board", "/console", "/todo/groceries"];

async function open(page: Page, url: URL, path: string): Promise<Page> {
  await page.addInitScript(() => localStorage.setItem("fanfare.chat.name", "ada"));
  await page.goto(new URL(path, url).href);
  return page;
}

test("HTTP-25 ORIGIN-4: behind a proxy that changes Host, every page says why it is refused and what to set", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path);
  await using proxy = await RewritingProxy.open(
    () => server.url,
    () => server.url.host,
  );
  await using browser = await openBrowser();
  const reason = `This page is at ${proxy.url.origin}, but its requests reach the server with the header Host: ${server.url.host}. Have the proxy in front of the server pass on Host as it is, or start the server with --origin ${proxy.url.origin} (docs/proxies.md).`;
  for (const path of PATHS) {
    const page = await open(await browser.page({ expected }), proxy.url, path);
    const banner = page.getByRole("status").filter({ hasText: reason });
    await banner.waitFor();
    expect([path, await banner.textContent()]).toEqual([
      path,
      `The server refuses connections from this page. ${reason}`,
    ]);
  }
  const feed = await open(await browser.page({ expected }), proxy.url, "/feed/test");
  await feed.getByRole("button", { name: "Connect", exact: true }).click();
  await feed.getByText(`Refused: ${reason}`).waitFor();
});

test("ORIGIN-1 ORIGIN-2: pages are online behind a proxy that passes on Host, and where their origin is listed", async () => {
  using data = scratchDirectory();
  await using browser = await openBrowser();
  let server: ServerProcess | undefined;
  const address = () => server?.url ?? expect.unreachable("the server is not up");
  await using faithful = await RewritingProxy.open(address);
  await using rewriting = await RewritingProxy.open(address, () => address().host);
  for (const [proxy, ...flags] of [
    [faithful, "--allow-host", "127.0.0.2"],
    [rewriting, "--origin", rewriting.url.origin],
  ] as const) {
    await using own = await ServerProcess.start(data.path, ...flags);
    server = own;
    const page = await open(await browser.page(), proxy.url, "/console");
    await page.getByText("Online").waitFor();
    await page.context().close();
  }
});
