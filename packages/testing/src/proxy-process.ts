import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEADLINE } from "./deadline.ts";

/** How each proxy is started in the foreground with a part of a configuration, in a directory of its own. */
const PROXIES = {
  nginx: {
    args: (file: string, place: string) => ["-p", place, "-c", file],
    configuration: (part: string, place: string) => `
daemon off; master_process off; pid ${place}/pid; error_log stderr;
events {}
http {
access_log off;
${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${place}/${kind};`).join("\n")}
${part}
}`,
  },
  caddy: {
    args: (file: string) => ["run", "--adapter", "caddyfile", "--config", file],
    configuration: (part: string) => `{\nadmin off\nauto_https off\n}\n${part}`,
  },
  haproxy: { args: (file: string) => ["-db", "-f", file], configuration: (part: string) => part },
} as const;

export type ProxyName = keyof typeof PROXIES;

/** A proxy that is installed on this machine, stopped at the end of its scope. */
export class ProxyProcess implements AsyncDisposable {
  private constructor(
    readonly url: URL,
    private readonly place: string,
    private readonly child: ChildProcess,
  ) {}

  static isHere(name: ProxyName): boolean {
    return findProgram(name) !== null;
  }

  /** @param partFor the part of the configuration that makes the proxy listen at a port */
  static async start(name: ProxyName, partFor: (port: number) => string): Promise<ProxyProcess> {
    const program = findProgram(name);
    if (program === null) throw new Error(`${name} is not installed`);
    const { args, configuration } = PROXIES[name];
    const place = mkdtempSync(join(tmpdir(), `fanfare-${name}-`));
    const port = await freePort();
    const file = join(place, "configuration");
    writeFileSync(file, `${configuration(partFor(port), place)}\n`);
    const env = { PATH: process.env.PATH, HOME: place, XDG_DATA_HOME: place, XDG_CONFIG_HOME: place };
    const child = spawn(program, args(file, place), { cwd: place, env, stdio: ["ignore", "pipe", "pipe"] });
    const proxy = new ProxyProcess(new URL(`http://127.0.0.1:${port}`), place, child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    try {
      await Promise.race([
        listens(port),
        new Promise<never>((_, reject) =>
          child.once("close", () => reject(new Error(`${name} ended: ${output}`))),
        ),
      ]);
      return proxy;
    } catch (error) {
      await proxy[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.place, { recursive: true, force: true });
  }
}

function findProgram(name: ProxyName): string | null {
  return Bun.which(name, { PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin` });
}

/** A port that nothing listens at. The proxy takes it a moment later, since proxies do not tell which port they chose. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("there is no free port");
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}

/** Resolves once something accepts connections at a port. */
async function listens(port: number): Promise<void> {
  const deadline = performance.now() + DEADLINE;
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("close", () => socket.destroy());
    });
    if (isOpen) return;
    if (performance.now() > deadline) throw new Error(`nothing listens at port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
