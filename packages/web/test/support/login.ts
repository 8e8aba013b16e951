import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ScratchDirectory, scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { inSeconds, SECRET, token } from "@fanfare/testing/tokens";
import type { BrowserContext, Page } from "playwright-core";

/** What a browser says of a page that is not signed in, and of one whose server is gone. */
export const REFUSED = /status of (401|403|503)|WebSocket connection to|net::ERR_/;

export interface Claims {
  readonly rooms?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly life?: number;
}

const GUESTS = `
[[policies]]
pattern = "chat:lobby"
guests = ["join", "publish", "event", "presence", "history"]
`;

/** `fanfare serve` that takes tokens, with a login in front of it: a form that asks for a name, and believes it. */
export class LoginServer implements AsyncDisposable {
  /** All that were given out. */
  readonly tokens: string[] = [];
  log = "";
  readonly #data: ScratchDirectory;
  readonly #login: Bun.Server<undefined>;
  #process: ServerProcess | undefined;

  private constructor() {
    this.#data = scratchDirectory();
    this.#login = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request) => this.#answer(request),
    });
  }

  static async start({ guests = false } = {}): Promise<LoginServer> {
    const server = new LoginServer();
    const file = join(server.#data.path, "fanfare.toml");
    writeFileSync(
      file,
      `[token]\nskew = "0ms"\nsign_in = "${server.#login.url.href}"\n${guests ? GUESTS : ""}`,
    );
    await server.#run("0");
    return server;
  }

  get url(): URL {
    if (this.#process === undefined) throw new Error("it is not up");
    return this.#process.url;
  }

  async kill(): Promise<void> {
    await this.#process?.end("SIGKILL");
    this.#takeLog();
  }

  async restart(): Promise<void> {
    await this.#run(this.url.port);
  }

  async token(user: string, { rooms, life = 3600 }: Claims = {}): Promise<string> {
    const minted = await token({ sub: user, exp: inSeconds(life), ...(rooms && { rooms }) });
    this.tokens.push(minted);
    return minted;
  }

  /** As if somebody had signed in, in whatever tab. */
  async signIn(profile: BrowserContext, user: string, claims: Claims = {}): Promise<void> {
    const value = await this.token(user, claims);
    const url = this.url.href;
    await profile.addCookies([{ name: "fanfare_token", value, url, httpOnly: true, sameSite: "Lax" }]);
  }

  /** Of a user, for so many seconds; 0 takes it back. */
  async revoke(user: string, seconds: number): Promise<void> {
    const admin = await this.token("the admin", { rooms: { "*": "admin" } });
    const response = await fetch(new URL("/api/admin/revoke", this.url), {
      method: "POST",
      headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
      body: JSON.stringify({ user, seconds }),
    });
    if (!response.ok) throw new Error(`not revoked: ${response.status} ${await response.text()}`);
  }

  /** What the log says somebody was refused for want of a permission. */
  refusals(user: string): readonly string[] {
    const lines = `${this.log}${this.#process?.stdout ?? ""}`.split("\n");
    return lines.filter((line) => line.includes("access.denied") && line.includes(`"user":"${user}"`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    await this.#login.stop(true);
    this.#takeLog();
    this.#data[Symbol.dispose]();
    for (const secret of [SECRET, ...this.tokens.map((each) => each.split(".")[2] ?? each)])
      if (this.log.includes(secret)) throw new Error("a token, or the secret, is in the log");
    if (this.log === "") throw new Error("there is no log to look at");
  }

  async #run(port: string): Promise<void> {
    const { path } = this.#data;
    const flags = ["--config", join(path, "fanfare.toml"), "--port", port];
    const by = ["env", `FANFARE_TOKEN_SECRET=${SECRET}`];
    this.#process = await ServerProcess.startBy(by, join(path, "data"), ...flags);
  }

  #takeLog(): void {
    this.log += `${this.#process?.stdout ?? ""}${this.#process?.stderr ?? ""}`;
  }

  async #answer(request: Request): Promise<Response> {
    const headers = new Headers({ "content-type": "text/html" });
    if (request.method !== "POST") {
      const form =
        '<form method="post"><label>User <input name="user"></label><button>Sign in</button></form>';
      return new Response(`<!doctype html><title>Login</title>${form}`, { headers });
    }
    const user = String((await request.formData()).get("user"));
    headers.append("set-cookie", `fanfare_token=${await this.token(user)}; Path=/; HttpOnly; SameSite=Lax`);
    const path = new URL(request.url).searchParams.get("return") ?? "/";
    headers.set("location", new URL(this.url.origin + path).href);
    return new Response(null, { status: 303, headers });
  }
}

/** Goes through the login that the page leads to, and comes back. */
export async function throughLogin(page: Page, user: string): Promise<void> {
  await page.getByRole("link", { name: "Sign in", exact: true }).click();
  await fillLogin(page, user);
}

/** @param page which is at the login */
export async function fillLogin(page: Page, user: string): Promise<void> {
  await page.getByLabel("User").fill(user);
  await page.getByRole("button", { name: "Sign in" }).click();
}
