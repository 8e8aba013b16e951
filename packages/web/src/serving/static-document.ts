import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { type Inline, pageHeaders } from "./headers.ts";
import { encodingFor } from "./negotiation.ts";

/** A document that is compressed in advance, with an ETag. */
export class StaticDocument {
  readonly #plain: Uint8Array<ArrayBuffer>;
  readonly #compressed: { readonly br: Uint8Array<ArrayBuffer>; readonly gzip: Uint8Array<ArrayBuffer> };
  readonly #etag: string;

  constructor(
    html: string,
    private readonly status = 200,
    private readonly inline: Inline = {},
  ) {
    this.#plain = new TextEncoder().encode(html);
    this.#compressed = {
      br: new Uint8Array(brotliCompressSync(this.#plain)),
      gzip: new Uint8Array(gzipSync(this.#plain)),
    };
    // Weak: the same document in any encoding.
    this.#etag = `W/"${createHash("sha256").update(html).digest("base64url").slice(0, 20)}"`;
  }

  answer(request: Request): Response {
    const headers = { ...pageHeaders(request, this.inline), etag: this.#etag };
    const known = request.headers
      .get("if-none-match")
      ?.split(",")
      .map((tag) => tag.trim());
    if (this.status === 200 && known?.includes(this.#etag))
      return new Response(null, { status: 304, headers });
    const encoding = encodingFor(request);
    if (encoding === undefined) return new Response(this.#plain, { status: this.status, headers });
    const encoded = { ...headers, "content-encoding": encoding };
    return new Response(this.#compressed[encoding], { status: this.status, headers: encoded });
  }
}
