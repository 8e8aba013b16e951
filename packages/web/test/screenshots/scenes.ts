import type { Page } from "playwright-core";
import { WebSocketLink } from "../../../server/test/support/web-socket-link.ts";

/** A page with something on it, worth a picture. */
export interface Scene {
  /** Of the pictures: `board` becomes `board-desktop-light.png` and so on. */
  readonly name: string;
  /** What there is to see, made once. */
  readonly prepare: (url: URL) => Promise<void>;
  /** Opens it and waits until it is drawn. */
  readonly show: (page: Page, url: URL) => Promise<void>;
}

const NOTES = [
  { from: "Ada", message: "The release is tagged. Thanks, everyone!" },
  { from: "Grace", message: "Does anybody have the keys to the meeting room?" },
  { from: "Ada", message: "They are in the drawer below the printer." },
  { from: "deploy-bot", message: "Deployed.", environment: "staging", version: "1.4.2" },
  { from: "Linus", message: "Lunch at half past twelve?\nThe place on the corner has soup again." },
  { from: "Margaret", message: "Yes, please. Two more of us are coming." },
  { message: "Somebody left a blue umbrella at the door." },
  { from: "Grace", message: "That is mine, thank you!" },
];

export const SCENES: readonly Scene[] = [
  {
    name: "board",
    async prepare(url) {
      const link = await WebSocketLink.open("notes", url, "/ws?history=0");
      for (const note of NOTES) link.send(JSON.stringify(note));
      await link.close();
    },
    async show(page, url) {
      await page.goto(new URL("/board", url).href);
      await page.getByText("That is mine, thank you!").waitFor();
    },
  },
  {
    name: "feed-test",
    async prepare(url) {
      const link = await WebSocketLink.open("orders", url, "/feed/orders.eu");
      for (const content of ["paid", "packed", "on its way"]) {
        link.send(JSON.stringify({ email: "shop@example.com", content: `Order 4711 is ${content}` }));
      }
      await link.close();
    },
    async show(page, url) {
      await page.goto(new URL("/feed/test", url).href);
      await page.getByLabel("Topic").fill("orders.eu");
      await page.getByLabel("History").fill("10");
      await page.getByRole("button", { name: "Connect" }).click();
      await page.getByText("Order 4711 is on its way").waitFor();
    },
  },
];
