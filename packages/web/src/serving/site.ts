import { join } from "node:path";
import { findPage, PAGES } from "../pages.ts";
import type { Bundle } from "./bundle.ts";
import { FILES, notFoundDocument, pageDocument } from "./document.ts";
import { fileHeaders } from "./headers.ts";
import { COMPRESSED } from "./manifest.ts";
import { encodingFor } from "./negotiation.ts";
import { StaticDocument } from "./static-document.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".map": "application/json",
  ".svg": "image/svg+xml",
};

/** Answers with the files of one build. */
export class Site {
  readonly #documents = new Map<string, StaticDocument>();
  readonly #files: ReadonlySet<string>;
  readonly #notFound: StaticDocument;

  /** @param watched whether pages reload after the next build */
  constructor(
    readonly bundle: Bundle,
    watched: boolean,
  ) {
    const { manifest, key } = bundle;
    this.#files = new Set(manifest.files.map((file) => file.name));
    for (const page of PAGES) {
      const files = manifest.pages[page.name];
      if (files === undefined) throw new Error(`the bundle has no page ${page.name}`);
      this.#documents.set(
        page.name,
        new StaticDocument(pageDocument(page, files, watched ? key : undefined)),
      );
    }
    const styles = manifest.pages[PAGES[0].name]?.styles ?? [];
    this.#notFound = new StaticDocument(notFoundDocument(styles, PAGES), 404);
  }

  page(request: Request, path: string): Response | undefined {
    return this.#documents.get(findPage(path)?.name ?? "")?.answer(request);
  }

  notFound(request: Request): Response {
    return this.#notFound.answer(request);
  }

  /** @returns undefined if there is no such file */
  file(request: Request, path: string): Response | undefined {
    const name = path.slice(FILES.length);
    if (!this.#files.has(name)) return undefined;
    const headers = fileHeaders(TYPES[name.slice(name.lastIndexOf("."))] ?? "application/octet-stream");
    const file = join(this.bundle.directory, name);
    const encoding = encodingFor(request);
    if (encoding === undefined) return new Response(Bun.file(file), { headers });
    const encoded = { ...headers, "content-encoding": encoding };
    return new Response(Bun.file(file + COMPRESSED[encoding]), { headers: encoded });
  }
}
