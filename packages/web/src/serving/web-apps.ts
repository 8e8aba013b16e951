import { findPage, PAGES } from "../pages.ts";
import { openBundle } from "./bundle.ts";
import { buildErrorDocument, FILES, unavailableDocument } from "./document.ts";
import { feedTestPage } from "./feed-test-page.ts";
import { findFixedFile } from "./fixed-files.ts";
import { otherHeaders } from "./headers.ts";
import { acceptsHtml, namesHtml } from "./negotiation.ts";
import { Site } from "./site.ts";
import { StaticDocument } from "./static-document.ts";
import { RELOAD_SCRIPT, Watcher } from "./watcher.ts";

export interface WebAppsOptions {
  /** For development: builds again when a source changes, and reloads the pages. */
  readonly watch?: boolean;
  /** The directory of the builds; by default beside the libraries. */
  readonly cache?: string;
  /** A build is ready. `fresh` says that it was made just now, not found; `ms` is how long that took. */
  readonly onBuilt?: (build: { readonly ms: number; readonly fresh: boolean }) => void;
  /** The pages could not be built. They are answered with 503 until the next start, or the next change of a watched source. */
  readonly onFailure?: (error: unknown) => void;
}

const FEED_TEST = "/feed/test";
const NOT_BUILT = new StaticDocument(unavailableDocument(), 503);

/**
 * Answers HTTP requests for the web apps. Clients that accept HTML get pages, so the same path may be a page for a browser
 * and something else for other clients.
 */
export class WebApps {
  /** The title and first path of each page. */
  readonly pages: readonly { readonly path: string; readonly title: string }[] = PAGES.map(
    ({ paths: [path], title }) => ({ path, title }),
  );
  readonly #feedTest = feedTestPage();
  readonly #ending = new AbortController();
  readonly #watcher: Watcher | undefined;
  #site: Promise<Site | undefined> | undefined;
  /** The answer while there is no build. */
  #notBuilt = NOT_BUILT;
  #failures = 0;

  constructor(private readonly options: WebAppsOptions = {}) {
    if (options.watch === true) this.#watcher = new Watcher(() => this.#rebuild());
  }

  /** Starts the build, once. Requests that arrive before it is done wait for it. */
  prepare(): Promise<unknown> {
    this.#site ??= this.#build();
    return this.#site;
  }

  /** Answers requests for pages and their files; undefined for all others. */
  readonly http = (request: Request): Response | Promise<Response> | undefined => {
    const { pathname: path, search } = new URL(request.url);
    const fixed = findFixedFile(path);
    if (fixed !== undefined || path.startsWith(FILES)) {
      if (!isRead(request)) return methodNotAllowed(request);
      return fixed?.() ?? this.#file(request, path);
    }
    if (isPage(path)) {
      if (!isRead(request)) return methodNotAllowed(request);
      return isForPages(request, path) ? this.#page(request, path) : undefined;
    }
    const page = path.length > 2 && path.endsWith("/") ? path.slice(0, -1) : "";
    return isPage(page) && isRead(request) && acceptsHtml(request) ? redirect(page + search) : undefined;
  };

  /** The page for an unknown address; undefined for clients that do not accept HTML. */
  readonly notFound = (request: Request): Response | Promise<Response> | undefined => {
    if (!isRead(request) || !namesHtml(request)) return undefined;
    return this.#answer(request, (site) => site.notFound(request));
  };

  async close(): Promise<void> {
    this.#ending.abort();
    this.#watcher?.close();
    (await this.#site)?.bundle.dispose();
  }

  #page(request: Request, path: string): Response | Promise<Response> {
    if (path === FEED_TEST) return this.#feedTest.answer(request);
    return this.#answer(request, (site) => site.page(request, path) ?? site.notFound(request));
  }

  #file(request: Request, path: string): Response | Promise<Response> {
    if (this.#watcher !== undefined) {
      if (path === `${FILES}changes`) return this.#watcher.changes();
      if (path === `${FILES}reload.js`) {
        return new Response(RELOAD_SCRIPT, { headers: otherHeaders("text/javascript; charset=utf-8") });
      }
    }
    const missing = () => new Response("not found\n", { status: 404, headers: otherHeaders("text/plain") });
    return this.#answer(request, (site) => site.file(request, path) ?? missing());
  }

  async #answer(request: Request, by: (site: Site) => Response): Promise<Response> {
    this.#site ??= this.#build();
    const site = await this.#site;
    return site === undefined ? this.#notBuilt.answer(request) : by(site);
  }

  async #build(): Promise<Site | undefined> {
    const began = performance.now();
    try {
      const bundle = await openBundle(this.#ending.signal, this.options.cache);
      const site = new Site(bundle, this.#watcher !== undefined);
      this.options.onBuilt?.({ ms: Math.round(performance.now() - began), fresh: bundle.fresh });
      this.#watcher?.announce(bundle.key);
      return site;
    } catch (error) {
      if (this.#ending.signal.aborted) return undefined;
      this.options.onFailure?.(error);
      if (this.#watcher !== undefined) {
        const key = `failed-${++this.#failures}`;
        this.#notBuilt = new StaticDocument(
          buildErrorDocument(error instanceof Error ? error.message : `${error}`, key),
          503,
        );
        this.#watcher.announce(key);
      }
      return undefined;
    }
  }

  /** New requests wait for the newest build; pages that are loading finish with the old one. */
  #rebuild(): void {
    this.#site = this.#build();
  }
}

function isPage(path: string): boolean {
  return path === FEED_TEST || findPage(path) !== undefined;
}

/** The front page lists addresses for programs: browsers, which name HTML, get the chat there (SPEC HTTP-20, HTTP-21). */
function isForPages(request: Request, path: string): boolean {
  return path === "/" ? namesHtml(request) : acceptsHtml(request);
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function methodNotAllowed({ method }: Request): Response {
  const headers = { ...otherHeaders("application/json"), allow: "GET, HEAD" };
  if (method === "OPTIONS") return new Response(null, { status: 204, headers });
  const error = `this address does not take ${method}`;
  return new Response(JSON.stringify({ error }), { status: 405, headers });
}

function redirect(location: string): Response {
  return new Response(null, { status: 308, headers: { ...otherHeaders("text/plain"), location } });
}
