import { type FSWatcher, watch } from "node:fs";
import { sourceDirectories } from "./build-key.ts";
import { otherHeaders } from "./headers.ts";

/** Changes within so many ms count as one, since an editor writes a file in several steps. */
const SETTLED = 50;

/** Ms between comments on a stream; the server closes a silent connection after 10 s. */
const ALIVE = 5_000;

/** Runs in watched pages. The first event names the current build. */
export const RELOAD_SCRIPT = `
const built = new URL(import.meta.url).search.slice(1);
new EventSource("/assets/changes").onmessage = ({ data }) => { if (data !== built) location.reload(); };
`;

/** Watches the sources, and announces builds to the pages. */
export class Watcher {
  readonly #watchers: FSWatcher[];
  readonly #pages = new Set<ReadableStreamDefaultController<string>>();
  readonly #alive: Timer;
  #timer: Timer | undefined;
  #key = "";

  constructor(changed: () => void) {
    this.#watchers = sourceDirectories().map((directory) =>
      watch(directory, { recursive: true }, () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(changed, SETTLED);
      }),
    );
    this.#alive = setInterval(() => {
      for (const page of this.#pages) page.enqueue(": alive\n\n");
    }, ALIVE);
  }

  announce(key: string): void {
    this.#key = key;
    for (const page of this.#pages) page.enqueue(`data: ${key}\n\n`);
  }

  /** Server-sent events. A page that reconnects gets the current build at once. */
  changes(): Response {
    let own: ReadableStreamDefaultController<string> | undefined;
    const stream = new ReadableStream<string>({
      start: (page) => {
        own = page;
        this.#pages.add(page);
        page.enqueue(`retry: 500\ndata: ${this.#key}\n\n`);
      },
      cancel: () => void (own && this.#pages.delete(own)),
    });
    return new Response(stream, { headers: otherHeaders("text/event-stream") });
  }

  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#alive);
    for (const watcher of this.#watchers) watcher.close();
    for (const page of this.#pages) page.close();
    this.#pages.clear();
  }
}
