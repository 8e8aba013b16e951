import { NativeClient } from "@fanfare/testing/native-client";
import { TodoClient } from "@fanfare/testing/todo-client";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import type { Page } from "playwright-core";

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

const TALK = [
  ["Ada", "Good morning! The **release branch** is cut; `1.4.2` goes out today."],
  ["Ada", "What is left:\n- the migration guide\n- one flaky test"],
  ["Grace", "I take the test. It waits for a timer that nobody starts."],
  ["Linus", "Guide is in review: https://example.com/docs/migration"],
  ["Linus", "```\nfanfare serve --data ./data\n```\nworks for me on a fresh machine."],
  ["Grace", "Found it. A listener was added *after* the event. Fixed and pushed."],
  ["Margaret", "> works on a fresh machine\n\nHere as well, in 3 s including the install."],
  ["Ada", "Then let us ship it. Thank you all!"],
  ["Margaret", "It is out. The notes are at https://example.com/releases/1.4.2"],
] as const;

/** Some of them done. */
const TODOS = [
  ["Tag the release", true],
  ["Write the changelog", true],
  ["Update the migration guide", false],
  ["Try the upgrade on a copy of last week’s data", false],
  ["Tell the people who asked for it", false],
  ["Cake", false],
] as const;

/** Under a name that was given before. */
async function openAs(page: Page, name: string, url: URL): Promise<void> {
  await page.addInitScript((own) => localStorage.setItem("fanfare.chat.name", own), name);
  await page.goto(url.href);
}

const settled = (page: Page) => page.locator("[aria-busy]").first().waitFor({ state: "detached" });

export const SCENES: readonly Scene[] = [
  {
    name: "chat",
    async prepare(url) {
      for (const [user, text] of TALK) {
        const client = await NativeClient.connect(url, user);
        await client.publish("chat:release", "chat", { text });
        await client.close();
      }
      for (const user of ["Grace", "Linus", "Margaret"]) {
        const client = await NativeClient.connect(url, user);
        for (const room of ["release", "random", "support"]) {
          await client.join(`chat:${room}`, { presence: true });
        }
        await client.publish("chat:random", "chat", { text: `Hello from ${user}` });
      }
    },
    async show(page, url) {
      await openAs(page, "Ada", new URL("/r/random", url));
      await page.getByText("Hello from Margaret").waitFor();
      for (const room of ["support", "release"]) {
        await page.goto(new URL(`/r/${room}`, url).href);
        await settled(page);
      }
      await page.getByText("It is out.").waitFor();
    },
  },
  {
    name: "console",
    async prepare() {},
    async show(page, url) {
      await page.goto(new URL("/console?room=orders.*&room=deploys", url).href);
      await page.getByText("Online").waitFor();
      await settled(page);
      await page.locator("aside li").filter({ hasText: "Joining…" }).first().waitFor({ state: "detached" });
      const client = await NativeClient.connect(url, "shop");
      for (const [room, type, data] of [
        ["orders.eu", "placed", { order: 4711, total: 42.5, items: ["tea", "cups"] }],
        ["orders.us", "placed", { order: 4712, total: 17 }],
        ["deploys", "started", { version: "1.4.2", to: "staging" }],
        ["orders.eu", "paid", { order: 4711, by: "card" }],
        ["deploys", "done", { version: "1.4.2", to: "staging", seconds: 38 }],
        ["orders.eu", "packed", { order: 4711, parcel: "EU-88213" }],
        ["orders.us", "cancelled", { order: 4712, why: "out of stock" }],
      ] as const) {
        await client.publish(room, type, data);
      }
      await client.close();
      await page.getByText("out of stock").first().waitFor();
    },
  },
  {
    name: "todo",
    async prepare(url) {
      const grace = new TodoClient(url, "Grace");
      for (const [title, isDone] of TODOS) {
        const { id } = await grace.create("release", title);
        if (isDone) await grace.patch(id, { completed: true });
      }
      for (const title of ["Tea", "Milk", "Bread"]) await grace.create("groceries", title);
      const { id } = await grace.create("office", "A plant for the window");
      await grace.patch(id, { completed: true });
    },
    async show(page, url) {
      await openAs(page, "Ada", new URL("/todo/release", url));
      await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
      const cake = page.getByRole("checkbox", { name: "Cake" });
      await cake.waitFor();
      const linus = new TodoClient(url, "Linus");
      const { todos } = await linus.page("list=release");
      const { id = "" } = todos.find(({ title }) => title === "Cake") ?? {};
      await linus.patch(id, { completed: true });
      await page.getByText("Linus completed “Cake”").waitFor();
      await linus.patch(id, { completed: false });
      await page.getByText("Linus reopened “Cake”").waitFor();
    },
  },
  {
    name: "board",
    async prepare(url) {
      const link = await WebSocketClient.open("notes", url, "/ws?history=0");
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
      const link = await WebSocketClient.open("orders", url, "/feed/orders.eu");
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
