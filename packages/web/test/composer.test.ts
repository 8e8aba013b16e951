import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { violationsInBothThemes } from "./support/accessibility.ts";
import { ChatPage } from "./support/chat-page.ts";

test("a picture that is dropped or pasted: the composer says what is possible", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await ChatPage.enter(await browser.page(), server.url, "ada", "lobby");
  const give = (kind: string, place: string) =>
    ada.page.evaluate<boolean>(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(["png"], "picture.png", { type: "image/png" }));
      const event = "${kind}" === "paste"
        ? new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data })
        : new DragEvent("${kind}", { bubbles: true, cancelable: true, dataTransfer: data });
      document.querySelector("${place}").dispatchEvent(event);
      return event.defaultPrevented;
    })()`);
  const note = ada.page.getByText("Pictures and files can't be sent here.");
  await give("paste", "form textarea");
  await note.waitFor();
  expect(await violationsInBothThemes(ada.page)).toEqual([]);
  await ada.say("text");
  await note.waitFor({ state: "detached" });
  // The browser shows a dropped file in place of the page unless both are prevented.
  expect(await give("dragover", "h1")).toBe(true);
  expect(await give("drop", "h1")).toBe(true);
  await note.waitFor();
});

test("the placeholder of the composer stays on one line, however long the name of the room", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await browser.page({ phone: true });
  const ada = await ChatPage.enter(page, server.url, "ada", "short");
  const height = async () => (await ada.composer.boundingBox())?.height;
  const short = await height();
  await page.goto(
    new URL(`/r/${encodeURIComponent("a room with a long name ".repeat(4).trim())}`, server.url).href,
  );
  await ada.loaded();
  expect(short).toBeGreaterThan(0);
  expect(await height()).toBe(short);
  // All of it is in sight: the field has nothing to scroll to.
  expect(await ada.composer.evaluate((field) => field.scrollWidth - field.clientWidth)).toBe(0);
});
