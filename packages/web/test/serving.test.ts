import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { PAGES } from "../src/pages.ts";
import { pageHeaders } from "../src/serving/headers.ts";

const data = scratchDirectory();
let server: ServerProcess;
beforeAll(async () => {
  server = await ServerProcess.start(data.path);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  data[Symbol.dispose]();
});

const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const get = (path: string, headers: Record<string, string> = HTML, method = "GET") =>
  fetch(new URL(path, server.url), { headers, method, redirect: "manual" });

/** An example of each path: a parameter stands for any name. */
const ADDRESSES = [
  ...PAGES.flatMap(({ paths }) => paths.map((path) => path.replace(/:\w+/, "some%20name"))),
  "/feed/test",
];

function policyOf(response: Response): ReadonlyMap<string, string> {
  const policy = response.headers.get("content-security-policy") ?? "";
  return new Map(
    policy.split("; ").map((directive) => {
      const [name = "", ...values] = directive.split(" ");
      return [name, values.join(" ")];
    }),
  );
}

describe("pages", () => {
  for (const path of ADDRESSES) {
    test(`HTTP-6: ${path} is a page to a browser, with headers of our own`, async () => {
      const response = await get(path);
      const html = await response.text();
      expect([response.status, response.headers.get("content-type")]).toEqual([
        200,
        "text/html; charset=utf-8",
      ]);
      expect(html).toStartWith("<!doctype html>");
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-cache",
      });
      const policy = policyOf(response);
      const { host } = server.url;
      expect(policy.get("default-src")).toBe("'none'");
      expect(policy.get("connect-src")).toBe(`'self' ws://${host} wss://${host}`);
      for (const directive of ["frame-ancestors", "base-uri", "form-action"]) {
        expect([directive, policy.get(directive)]).toEqual([directive, "'none'"]);
      }
      for (const directive of ["script-src", "style-src"]) {
        const sources = policy.get(directive)?.split(" ") ?? [];
        expect(sources[0]).toBe("'self'");
        // Nothing but hashes of what stands in the page itself.
        const element = directive === "script-src" ? "script" : "style";
        const inline = [...html.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, "g"))];
        expect(sources.slice(1)).toEqual(
          inline.map(([, text = ""]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`),
        );
      }
      expect(html).not.toMatch(/ style=| on\w+=|javascript:/);
    });

    test(`${path} is asked for again and not sent again`, async () => {
      const etag = (await get(path)).headers.get("etag") ?? "";
      expect(etag).toMatch(/^W\/"[\w-]{20}"$/);
      const again = await get(path, { ...HTML, "if-none-match": `"other", ${etag}` });
      expect([again.status, await again.text()]).toEqual([304, ""]);
      expect((await get(path, { ...HTML, "if-none-match": '"other"' })).status).toBe(200);
    });
  }

  test("HTTP-4: what a client calls the host adds nothing to the policy but an address", async () => {
    const usual = policyOf(await get("/board"));
    for (const [host, sources] of [
      ["chat.example.com:8443", "'self' ws://chat.example.com:8443 wss://chat.example.com:8443"],
      ["[::1]:8080", "'self' ws://[::1]:8080 wss://[::1]:8080"],
      ["x;script-src-elem", "'self'"],
      ["x,'unsafe-inline'", "'self'"],
    ] as const) {
      const { "content-security-policy": said = "" } = pageHeaders(new Request(`http://${host}/board`));
      const policy = policyOf(new Response("", { headers: { "content-security-policy": said } }));
      expect([host, policy.get("connect-src")]).toEqual([host, sources]);
      expect([...policy.keys()]).toEqual([...usual.keys()]);
    }
  });

  test("HTTP-5, HTTP-6: to others than browsers an address is what it was", async () => {
    for (const accept of ["*/*", "application/json", "text/html;q=0"]) {
      const front = await get("/", { accept });
      expect([front.status, front.headers.get("content-type")]).toEqual([200, "text/plain;charset=utf-8"]);
      expect((await get("/board", { accept })).status).toBe(426);
      expect((await get("/feed/test", { accept })).status).toBe(426);
    }
    for (const path of ["/board", "/feed/test"]) {
      expect((await get(path, { ...HTML, ...UPGRADE_HEADERS })).status).toBe(101);
    }
    expect((await get("/ws")).status).toBe(426);
    expect(await (await get("/health")).text()).toBe('{"status":"ok"}');
  });

  test("HTTP-2: where nothing is, a browser gets a page with 404, and everyone else JSON", async () => {
    for (const path of ["/nothing", "/board/more", "/r/", "/r/a/b", "/todo/a/b", "/ASSETS"]) {
      const page = await get(path);
      expect([path, page.status, page.headers.get("content-type")]).toEqual([
        path,
        404,
        "text/html; charset=utf-8",
      ]);
      expect(await page.text()).toContain("There is nothing here");
      expect(policyOf(page).get("script-src")).toBe("'self'");
      const json = await get(path, { accept: "*/*" });
      expect([json.status, await json.json()]).toEqual([404, { error: "not found" }]);
    }
  });

  test("HEAD is answered with the headers alone, and other methods are not the pages'", async () => {
    const head = await get("/board", HTML, "HEAD");
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(head.headers.get("content-security-policy")).toContain("script-src 'self'");
    for (const method of ["POST", "PUT", "DELETE"]) {
      expect((await get("/board", HTML, method)).status).not.toBe(200);
      expect((await get("/assets/icon.svg", HTML, method)).status).toBe(404);
    }
  });
});

describe("files", () => {
  const filesOf = async (path: string) =>
    [...(await (await get(path)).text()).matchAll(/(?:src|href)="(\/assets\/[^"]+-[^"]+)"/g)].map(
      ([, file = ""]) => file,
    );

  test("are named by their content, kept for good, and compressed for who can read it", async () => {
    const files = await filesOf("/board");
    expect(files.length).toBeGreaterThanOrEqual(2);
    for (const file of files) {
      const plain = await get(file, { "accept-encoding": "identity" });
      const text = await plain.text();
      expect(Object.fromEntries(plain.headers)).toMatchObject({
        "cache-control": "public, max-age=31536000, immutable",
        "content-type": expect.stringMatching(/^text\/(javascript|css); charset=utf-8$/),
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        vary: expect.stringContaining("accept-encoding"),
      });
      expect(plain.headers.get("content-encoding")).toBeNull();
      for (const [accepted, encoding] of [
        ["gzip", "gzip"],
        ["gzip, br", "br"],
        ["br;q=0, gzip;q=0.5", "gzip"],
      ] as const) {
        const response = await fetch(new URL(file, server.url), {
          headers: { "accept-encoding": accepted },
          decompress: false,
        });
        const bytes = await response.arrayBuffer();
        expect(response.headers.get("content-encoding")).toBe(encoding);
        expect(bytes.byteLength).toBeLessThan(text.length);
        expect(await (await get(file, { "accept-encoding": accepted })).text()).toBe(text);
      }
    }
  });

  test("a script is for production, names its source map, and the map is there for who asks", async () => {
    const [script = ""] = (await filesOf("/board")).filter((file) => /\/board-\w+\.js$/.test(file));
    const text = await (await get(script)).text();
    expect(text).not.toContain("jsxDEV");
    const [, map = ""] = text.match(/sourceMappingURL=(\S+)/) ?? [];
    expect(await (await get(`/assets/${map}`)).text()).toContain("board/app.tsx");
  });

  test("there are no others", async () => {
    for (const path of [
      "/assets/",
      "/assets/nothing.js",
      "/assets/bundle.json",
      "/assets/../package.json",
      "/assets/..%2f..%2fpackage.json",
      "/assets/%2e%2e/pages.ts",
      "/assets/board/app.tsx",
      "/assets/changes",
      "/assets/reload.js",
      "/assets/constructor",
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
    const script = (await filesOf("/board")).find((file) => file.endsWith(".js"));
    expect((await get(`${script}.br`)).status).toBe(404);
  });
});
