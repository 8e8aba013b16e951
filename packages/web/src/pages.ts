/**
 * The pages, in the order of the app switcher. Read by the server (which bundles and serves them) and by the pages
 * (which link to each other), so nothing but plain data stands here.
 */
export interface PageEntry {
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** One sentence, for search results and link previews. */
  readonly description: string;
  /** Where it is; the last segment may be a parameter such as `:room`. The first is where the switcher leads. */
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
] as const satisfies readonly PageEntry[];

export type PageName = (typeof PAGES)[number]["name"];

/** The page of a path; undefined where there is none. */
export function findPage(path: string): PageEntry | undefined {
  return PAGES.find((page: PageEntry) => page.paths.some((pattern) => matches(pattern, path)));
}

function matches(pattern: string, path: string): boolean {
  if (!pattern.includes(":")) return pattern === path;
  const base = pattern.slice(0, pattern.indexOf(":"));
  const rest = path.slice(base.length);
  return path.startsWith(base) && rest !== "" && !rest.includes("/");
}
