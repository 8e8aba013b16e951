/** Draws the icons of `src/serving/icons` from `icon.svg`, after a change of that. */
import { readFileSync, writeFileSync } from "node:fs";
import { openBrowser } from "@fanfare/testing/browser";

const ICONS = new URL("../../src/serving/icons/", import.meta.url);
const SVG = readFileSync(new URL("icon.svg", ICONS), "utf8");

await using browser = await openBrowser();
const page = await browser.page();

async function draw(svg: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<body style="margin:0">${svg.replace("<svg", `<svg width="${size}" style="display:block"`)}`,
  );
  return page.screenshot({ omitBackground: true });
}

/** An ICO file with one picture, a PNG of 32 × 32 pixels. */
function ico(png: Buffer): Buffer {
  const head = Buffer.alloc(22);
  head.writeUInt16LE(1, 2); // an icon
  head.writeUInt16LE(1, 4); // one picture
  head.writeUInt8(32, 6);
  head.writeUInt8(32, 7);
  head.writeUInt16LE(1, 10); // planes
  head.writeUInt16LE(32, 12); // bits per pixel
  head.writeUInt32LE(png.length, 14);
  head.writeUInt32LE(head.length, 18);
  return Buffer.concat([head, png]);
}

writeFileSync(new URL("favicon.ico", ICONS), ico(await draw(SVG, 32)));
// Phones round the corners themselves.
writeFileSync(new URL("apple-touch-icon.png", ICONS), await draw(SVG.replace(' rx="8"', ""), 180));
