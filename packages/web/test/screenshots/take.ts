/** Takes a picture of every scene, on desktop and phone, in light and dark. Names of scenes as arguments: those alone. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { openBrowser } from "@fanfare/testing/browser";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { SCENES } from "./scenes.ts";

const IMAGES = fileURLToPath(new URL("../../../../docs/images/", import.meta.url));

const wanted = argv.slice(2);
mkdirSync(IMAGES, { recursive: true });
using data = scratchDirectory();
await using server = await ServerProcess.start(data.path);
await using browser = await openBrowser();
for (const { name, prepare, show } of SCENES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await prepare(server.url);
  for (const phone of [false, true]) {
    for (const dark of [false, true]) {
      const page = await browser.page({ phone, dark });
      await show(page, server.url);
      const file = `${name}-${phone ? "phone" : "desktop"}-${dark ? "dark" : "light"}.png`;
      await page.screenshot({ path: join(IMAGES, file) });
      await page.context().close();
      console.log(file);
    }
  }
}
