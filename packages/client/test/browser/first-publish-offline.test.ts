import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { openBrowser } from "@fanfare/testing/browser";
import { openServer } from "@fanfare/testing/test-server";
import { PlainPage, UNREACHABLE } from "./plain-page.ts";

test("what is published first while offline waits, also where a bundler has split the SDK", async () => {
  const { outputs } = await Bun.build({
    entrypoints: [fileURLToPath(new URL("page/plain.ts", import.meta.url))],
    target: "browser",
    splitting: true,
    naming: { entry: "page.js" },
  });
  await using server = await openServer();
  const site = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      const file = outputs.find(({ path }) => new URL(url).pathname === path.replace(/^\.?\/?/, "/"));
      if (file !== undefined) return new Response(file, { headers: { "content-type": "text/javascript" } });
      const places = ["messages", "kept", "refused", "state", "durable", "pending"];
      const html = `<!doctype html><title>test</title><link rel=icon href="data:,">${places.map((id) => `<div id=${id}></div>`).join("")}`;
      return new Response(`${html}<script type=module src=/page.js></script>`, {
        headers: { "content-type": "text/html" },
      });
    },
  });
  try {
    await using browser = await openBrowser();
    const tab = await browser.page({ expected: UNREACHABLE });
    const query = new URLSearchParams({ server: server.url.href, user: "ada", outbox: "memory" });
    await tab.goto(`${site.url}?${query}`);
    const page = new PlainPage(tab);
    await page.shows("state", "online");
    await tab.waitForLoadState("networkidle");
    await tab.context().setOffline(true);
    await page.publish(["one"]);
    await page.shows("pending", "1");
    await tab.context().setOffline(false);
    expect(await page.told(1)).toEqual(["ada: one"]);
  } finally {
    await site.stop(true);
  }
});
