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

/** An answer as it is on the wire: `fetch` adds an `Accept` of its own, and cannot see the body of an answer to HEAD. */
async function raw(path: string, headers: Record<string, string>, method = "GET") {
  const answer = Promise.withResolvers<string>();
  let text = "";
  const entries = Object.entries({ host: server.url.host, connection: "close", ...headers });
  const head = entries.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await Bun.connect({
    hostname: server.url.hostname,
    port: Number(server.url.port),
    socket: {
      open: (socket) => void socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n`),
      data: (_socket, chunk) => {
        text += chunk.toString("latin1");
      },
      close: () => answer.resolve(text),
    },
  });
  const whole = await answer.promise;
  const end = whole.indexOf("\r\n\r\n");
  const [status = "", ...lines] = whole.slice(0, end).split("\r\n");
  const fields = lines
    .map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase()))
    .filter((line) => !line.startsWith("date:"))
    .sort();
  return {
    status: Number(status.split(" ")[1]),
    type: fields
      .find((field) => field.startsWith("content-type:"))
      ?.slice("content-type:".length)
      .trim(),
    fields,
    body: whole.slice(end + 4),
  };
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern.replace(/:\w+/, "some%20name") === path;
}

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
    test(`HTTP-20: ${path} is a page to a browser, with headers of our own`, async () => {
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

  test("HTTP-20 HTTP-21: a page is for everyone who takes HTML among others; / only for those who name it", async () => {
    for (const accept of ["*/*", "application/json, text/plain, */*", "text/*;q=0.5", undefined]) {
      const headers = accept === undefined ? {} : { accept };
      for (const path of ADDRESSES.filter((each) => each !== "/")) {
        const page = await raw(path, headers);
        expect([accept, path, page.status, page.type]).toEqual([
          accept,
          path,
          200,
          "text/html; charset=utf-8",
        ]);
      }
    }
    for (const accept of ["*/*", undefined]) {
      const front = await raw("/", accept === undefined ? {} : { accept });
      expect([accept, front.status, front.type]).toEqual([accept, 200, "text/plain;charset=utf-8"]);
      for (const { title, paths } of PAGES)
        expect(front.body).toMatch(new RegExp(`^ +${paths[0]} +${title}$`, "m"));
      expect(front.body).toMatch(/^ +\/api\/todos +/m);
    }
    for (const accept of ["application/json", "text/html;q=0", "*/*;q=0"]) {
      for (const path of ["/board", "/feed/test"])
        expect([accept, path, (await raw(path, { accept })).status]).toEqual([accept, path, 426]);
      for (const path of ["/todo", "/console", "/r/x"])
        expect([accept, path, (await raw(path, { accept })).status]).toEqual([accept, path, 404]);
    }
    for (const path of ["/board", "/feed/test"]) {
      expect((await get(path, { ...HTML, ...UPGRADE_HEADERS })).status).toBe(101);
      expect((await get(path, { accept: "*/*", ...UPGRADE_HEADERS })).status).toBe(101);
    }
    expect((await get("/ws")).status).toBe(426);
    expect(await (await get("/health")).text()).toBe('{"status":"ok"}');
  });

  test("HTTP-20: a slash at the end leads to the page", async () => {
    for (const [path, target] of [
      ["/board/", "/board"],
      ["/console/?room=a%20b", "/console?room=a%20b"],
      ["/todo/", "/todo"],
      ["/todo/some%20name/", "/todo/some%20name"],
      ["/r/lobby/", "/r/lobby"],
      ["/feed/test/", "/feed/test"],
    ] as const) {
      for (const headers of [HTML, { accept: "*/*" }]) {
        const response = await get(path, headers);
        expect([path, response.status, response.headers.get("location")]).toEqual([path, 308, target]);
      }
    }
    for (const path of ["//", "//evil.example/", "/r/", "/r//"])
      expect((await raw(path, HTML)).status).not.toBe(308);
  });

  test("HTTP-23: a page has a title and a description for search results and link previews, and icons", async () => {
    for (const path of ADDRESSES) {
      const html = await (await get(path)).text();
      const { title, description } = PAGES.find(({ paths }) =>
        paths.some((each) => matchesPath(each, path)),
      ) ?? {
        title: "Feed test",
        description: "Tries the plain feed wire in a browser.",
      };
      for (const tag of [
        `<title>${title} · Fanfare</title>`,
        `<meta name="description" content="${description}">`,
        `<meta property="og:title" content="${title} · Fanfare">`,
        `<meta property="og:description" content="${description}">`,
        '<meta property="og:type" content="website">',
        '<link rel="apple-touch-icon" href="/apple-touch-icon.png">',
      ])
        expect([path, html]).toEqual([path, expect.stringContaining(tag)]);
    }
  });

  test("HTTP-23: /favicon.ico, touch icons and /robots.txt are there, whatever is accepted", async () => {
    const bytes = async (path: string) => {
      const response = await get(path, { accept: "image/png" });
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get("cache-control")).toBe("public, max-age=86400");
      return {
        type: response.headers.get("content-type"),
        content: new DataView(await response.arrayBuffer()),
      };
    };
    const icon = await bytes("/favicon.ico");
    expect([icon.type, icon.content.getUint32(0)]).toEqual(["image/x-icon", 0x00000100]);
    for (const path of ["/apple-touch-icon.png", "/apple-touch-icon-precomposed.png"]) {
      const { type, content } = await bytes(path);
      expect([type, content.getUint32(0)]).toEqual(["image/png", 0x89504e47]);
      expect([content.getUint32(16), content.getUint32(20)]).toEqual([180, 180]);
    }
    const robots = await get("/robots.txt", {});
    expect([robots.status, robots.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
    expect(await robots.text()).toBe("User-agent: *\nDisallow: /api/\n");
  });

  test("HTTP-2: where nothing is, a browser gets a page with 404, and everyone else JSON", async () => {
    for (const path of ["/nothing", "/board/more", "/r/", "/r/a/b", "/todo/a/b", "/ASSETS"]) {
      const page = await get(path);
      expect([path, page.status, page.headers.get("content-type")]).toEqual([
        path,
        404,
        "text/html; charset=utf-8",
      ]);
      expect(await page.text()).toContain("Page not found");
      expect(policyOf(page).get("script-src")).toBe("'self'");
      const json = await get(path, { accept: "*/*" });
      expect([json.status, await json.json()]).toEqual([404, { error: "not found" }]);
    }
  });

  test("HTTP-22: HEAD is answered as GET without the body, and other methods with 405", async () => {
    const script = (await (await get("/board")).text()).match(/src="([^"]+)"/)?.[1] ?? "";
    for (const path of [...ADDRESSES, "/assets/icon.svg", "/favicon.ico", "/robots.txt", script]) {
      const [got, head] = [await raw(path, HTML), await raw(path, HTML, "HEAD")];
      expect([path, head]).toEqual([path, { ...got, body: "" }]);
      for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
        const response = await get(path, HTML, method);
        expect([method, path, response.status]).toEqual([method, path, 405]);
        expect([path, response.headers.get("allow")]).toEqual([path, "GET, HEAD"]);
      }
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
