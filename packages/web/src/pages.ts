/**
 * The pages, in the order of the app switcher. The server reads them to bundle and serve, and the pages to link to each
 * other, so this file holds only plain data.
 */
export interface PageDefinition {
  readonly name: string;
  /** Shown in the app switcher. */
  readonly title: string;
  /** One sentence, for search results and link previews. */
  readonly description: string;
  /** Its paths; the last segment may be a parameter such as `:room`. The switcher links to the first. */
  readonly paths: readonly [string, ...string[]];
  /** Its first module, relative to this file; it calls `startPage`. */
  readonly entry: string;
}

export const PAGES = [
  {
    name: "chat",
    title: "Chat",
    description: "Rooms to talk in: live, with all of their history.",
    paths: ["/", "/r/:room"],
    entry: "./chat/app.tsx",
  },
  {
    name: "board",
    title: "Board",
    description: "The shared message board: everyone sees every note at once.",
    paths: ["/board"],
    entry: "./board/app.tsx",
  },
  {
    name: "console",
    title: "Console",
    description: "The pub/sub console: listen to rooms and patterns, publish, replay.",
    paths: ["/console"],
    entry: "./console/app.tsx",
  },
  {
    name: "todo",
    title: "To-do",
    description: "Shared to-do lists: everyone who has one open sees every change at once.",
    paths: ["/todo", "/todo/:list"],
    entry: "./todo/app.tsx",
  },
] as const satisfies readonly PageDefinition[];

export type PageName = (typeof PAGES)[number]["name"];

/** @returns the page of a path; undefined if there is none */
export function findPage(path: string): PageDefinition | undefined {
  return PAGES.find((page: PageDefinition) => page.paths.some((pattern) => matches(pattern, path)));
}

function matches(pattern: string, path: string): boolean {
  if (!pattern.includes(":")) return pattern === path;
  const base = pattern.slice(0, pattern.indexOf(":"));
  const rest = path.slice(base.length);
  return path.startsWith(base) && rest !== "" && !rest.includes("/");
}
