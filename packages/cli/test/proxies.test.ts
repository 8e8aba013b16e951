import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { type ProxyName, ProxyProcess } from "@fanfare/testing/proxy-process";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";

const DOCS = readFileSync(new URL("../../../docs/proxies.md", import.meta.url), "utf8");
const NAME = "chat.example.com";

/** The configuration of docs/proxies.md, at a port of this machine and before a server. */
function documented(language: string, port: number, server: URL): string {
  const [, part = ""] = DOCS.match(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``)) ?? [];
  const here = part
    .replaceAll("127.0.0.1:8080", server.host)
    .replace("listen 80;", `listen 127.0.0.1:${port};`)
    .replace("bind :80", `bind 127.0.0.1:${port}`)
    .replace(/^chat\.example\.com \{/m, `http://${NAME}:${port} {`);
  expect(here).toContain(server.host);
  expect(here).toContain(String(port));
  return here;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @param from the loopback address of the client */
function get(url: URL, path: string, headers: Record<string, string>, from = "127.0.0.3"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = url;
    const asked = request({ hostname, port, path, headers, localAddress: from }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** Sends a frame to `/echo` through the proxy. @returns the answer */
async function echo(url: URL, headers: Record<string, string>): Promise<string> {
  const socket = new WebSocket(new URL("/echo", url.href.replace("http", "ws")), { headers });
  const answer = new Promise<string>((resolve, reject) => {
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => resolve(String(data));
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
  });
  return answer.finally(() => socket.close());
}

for (const [name, language] of [
  ["nginx", "nginx"],
  ["caddy", "caddyfile"],
  ["haproxy", "haproxy"],
] as const satisfies (readonly [ProxyName, string])[]) {
  const untested = `UNTESTED: Fanfare behind ${name}, which is not installed here.`;
  const isHere = ProxyProcess.isHere(name);
  if (!isHere && process.env.CI !== undefined) throw new Error(untested);
  if (!isHere) console.error(untested);

  describe.skipIf(!isHere)(`behind ${name}, as docs/proxies.md configures it,`, () => {
    test("ORIGIN-1 HTTP-20 LIMIT-6: pages load, WebSockets of the page connect, and the client keeps its address", async () => {
      using data = scratchDirectory();
      await using server = await ServerProcess.start(
        data.path,
        ...["--allow-host", NAME, "--trusted-proxy", "127.0.0.1", "--log-format", "json"],
      );
      await using proxy = await ProxyProcess.start(name, (port) => documented(language, port, server.url));
      const host = `${NAME}:${proxy.url.port}`;
      const page = await get(proxy.url, "/", { host, accept: "text/html" });
      expect([page.status, page.text]).toEqual([
        200,
        expect.stringContaining("<title>Chat · Fanfare</title>"),
      ]);
      const own = { host, origin: `http://${host}` };
      expect(await echo(proxy.url, own)).toBe("This is the message received by the server: hello");
      const origin = await get(proxy.url, `/api/origin?origin=${own.origin}`, { host });
      expect(JSON.parse(origin.text)).toEqual({ origin: own.origin, host, admitted: true });
      const foreign = { host, origin: "https://evil.example" };
      expect((await get(proxy.url, "/board", { ...UPGRADE_HEADERS, ...foreign })).status).toBe(403);
      const [line] = await server.printed(/^.*"upgrade\.refused".*$/m);
      expect(JSON.parse(line)).toMatchObject({ from: "127.0.0.3", status: 403 });
    });
  });
}

describe.skipIf(!ProxyProcess.isHere("nginx"))("behind nginx that changes Host,", () => {
  for (const [what, wrong, hostOf] of [
    ["as it does by default", "", ({ host }: URL) => host],
    ["to $host without the port", "proxy_set_header Host $host;", () => NAME],
  ] as const) {
    test(`HTTP-25 ORIGIN-2: ${what}, a page gets the reason, and --origin admits it`, async () => {
      using data = scratchDirectory();
      const wrongly = (port: number, server: URL) =>
        documented("nginx", port, server).replace("proxy_set_header Host $http_host;", wrong);
      await using server = await ServerProcess.start(data.path, "--allow-host", NAME);
      await using proxy = await ProxyProcess.start("nginx", (port) => wrongly(port, server.url));
      const host = `${NAME}:${proxy.url.port}`;
      const origin = `http://${host}`;
      const reason = `This page is at ${origin}, but its requests reach the server with the header Host: ${hostOf(server.url)}. Have the proxy in front of the server pass on Host as it is, or start the server with --origin ${origin} (docs/proxies.md).`;
      const refused = await get(proxy.url, "/board", { ...UPGRADE_HEADERS, host, origin });
      expect([refused.status, JSON.parse(refused.text)]).toEqual([403, { error: reason }]);
      const said = await get(proxy.url, `/api/origin?origin=${origin}`, { host });
      expect(JSON.parse(said.text)).toMatchObject({ admitted: false, reason });
      await server.end("SIGTERM");
      await using admitting = await ServerProcess.start(
        data.path,
        ...["--allow-host", NAME, "--origin", origin, "--port", server.url.port],
      );
      expect(admitting.url.port).toBe(server.url.port);
      expect(await echo(proxy.url, { host, origin })).toContain("hello");
    });
  }
});
