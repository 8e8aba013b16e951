import { fileURLToPath } from "node:url";

const PLACES = ["messages", "kept", "refused", "state", "durable", "pending", "root"];
const HTML = `<!doctype html><title>test</title>${PLACES.map((id) => `<div id=${id}></div>`).join("")}
<script type=module src=/page.js></script>`;

export interface Site extends AsyncDisposable {
  /** @param query what the page is told in its address */
  address(query: Readonly<Record<string, string>>): string;
}

/** Serves one of the pages in `page/`, bundled as an app would bundle it. */
export async function openSite(page: string): Promise<Site> {
  const { outputs } = await Bun.build({
    entrypoints: [fileURLToPath(new URL(`page/${page}`, import.meta.url))],
    target: "browser",
    define: { "process.env.NODE_ENV": '"development"' },
  });
  const script = await outputs[0]?.text();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      const { pathname } = new URL(url);
      if (pathname === "/page.js")
        return new Response(script, { headers: { "content-type": "text/javascript" } });
      if (pathname === "/") return new Response(HTML, { headers: { "content-type": "text/html" } });
      return new Response(null, { status: 204 });
    },
  });
  return {
    address: (query) => `${server.url.href}?${new URLSearchParams(query)}`,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
