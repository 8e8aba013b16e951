import { SUBPROTOCOL } from "@fanfare/protocol";
import { native } from "../dialects/native/native.ts";
import type { EngineHealth } from "../engines/engine.ts";
import type { Log } from "../telemetry/log.ts";
import type { HttpAnswers } from "./http-handler.ts";
import { findMount, type Mount } from "./mounts.ts";
import type { Origins } from "./origins.ts";
import type { Opening } from "./socket.ts";

/** What an upgrade is made with. */
export interface Admitted {
  readonly opening: Opening;
  readonly dialect: string;
  readonly headers: Record<string, string>;
}

interface Refused {
  readonly status: number;
  readonly error: string;
}

const NOT_HERE: Refused = { status: 404, error: "not found" };
const FOREIGN: Refused = {
  status: 403,
  error: "pages of this origin are not admitted; the server's --origin lists those that are",
};

/** Answers requests before they are WebSockets: who may come in, by which mount, in which dialect. */
export class Doorway {
  /** While the server stops: the seconds after which to come back. */
  #closedFor: number | undefined;

  constructor(
    private readonly mounts: readonly Mount[],
    private readonly origins: Origins,
    /** Undefined until there is a hub. */
    private readonly health: () => EngineHealth | undefined,
    private readonly log: Log,
    private readonly answers: HttpAnswers = {},
  ) {}

  /** From now on nobody is let in. @param ms until it is worth coming back. */
  close(ms: number): void {
    this.#closedFor = Math.ceil(ms / 1000);
  }

  /** @returns how to upgrade it; or the answer to a request that is not let in, or wants no WebSocket. */
  admit(request: Request): Admitted | Response | Promise<Response> {
    const url = addressOf(request);
    if (url === undefined) return json(400, { error: "the address is malformed" });
    if (url.pathname === "/health") return this.#health();
    if (this.#closedFor !== undefined) {
      const headers = { "retry-after": String(this.#closedFor), connection: "close" };
      return json(503, { error: "the server is stopping" }, headers);
    }
    const upgrades = request.headers.has("upgrade");
    const answer = upgrades ? undefined : this.#answer(request, url);
    if (answer !== undefined) return answer;
    const admitted = this.#judge(request, url);
    if ("opening" in admitted) return admitted;
    const { status, error } = admitted;
    // The path alone: what follows it may hold a token.
    if (upgrades) this.log.info("upgrade.refused", { status, path: url.pathname, error });
    const isNowhere = status === 404 && !upgrades && URL.canParse(request.url);
    const elsewhere = isNowhere ? this.answers.notFound?.(request) : undefined;
    return elsewhere ?? json(status, { error });
  }

  /** @returns undefined for what is left to the mounts. */
  #answer(request: Request, url: URL): Response | Promise<Response> | undefined {
    if (!this.#mayAsk(request)) return json(FOREIGN.status, { error: FOREIGN.error });
    // Handlers are spared addresses that cannot be parsed.
    const answer = URL.canParse(request.url) ? this.answers.http?.(request) : undefined;
    return answer ?? (url.pathname === "/" ? this.#frontPage() : undefined);
  }

  /** Reading is for everyone: a browser keeps the answer from a page of another origin. */
  #mayAsk(request: Request): boolean {
    return request.method === "GET" || request.method === "HEAD" || this.#isAdmitted(request);
  }

  #isAdmitted({ headers }: Request): boolean {
    return this.origins.admit(headers.get("origin"), headers.get("host"));
  }

  #judge(request: Request, url: URL): Admitted | Refused {
    const found = findMount(this.mounts, url.pathname);
    if (found === undefined) return NOT_HERE;
    if (found === "malformed") {
      return { status: 400, error: "the room in the path is not percent-encoded UTF-8" };
    }
    if (!this.#isAdmitted(request)) return FOREIGN;
    const { mount, name } = found;
    const offered = request.headers.get("sec-websocket-protocol");
    const speaksNative = offered?.split(",").some((each) => each.trim() === SUBPROTOCOL) ?? false;
    if (offered !== null && !speaksNative) {
      return { status: 400, error: `unknown subprotocol; ${SUBPROTOCOL} is spoken here, or none` };
    }
    const dialect = speaksNative ? native : mount.dialect;
    const admission = dialect.admit({ name, query: url.searchParams, prefix: mount.prefix });
    if (!admission.ok) return admission;
    if (this.health() === undefined) return { status: 503, error: "starting" };
    return {
      opening: admission.open,
      dialect: dialect.name,
      headers: speaksNative ? { "sec-websocket-protocol": SUBPROTOCOL } : {},
    };
  }

  /** For whoever opens the server in a browser: what speaks where. */
  #frontPage(): Response {
    const rows = this.mounts.map(({ path, dialect }) => `  ${path.padEnd(16)} ${dialect.name}`);
    return new Response(`Fanfare is up. Its WebSocket addresses, and what is spoken there:

${rows.join("\n")}

With the subprotocol ${SUBPROTOCOL} each of them speaks the native protocol. /health tells how it is.
`);
  }

  #health(): Response {
    const health = this.health() ?? { ok: false, reason: "starting" };
    if (this.#closedFor !== undefined) return json(503, { status: "unavailable", reason: "stopping" });
    return health.ok
      ? json(200, { status: "ok" })
      : json(503, { status: "unavailable", reason: health.reason });
  }
}

/** Path and query alone: what a client calls this host may be missing or nonsense, and does not matter here. */
function addressOf({ url }: Request): URL | undefined {
  const path = url.replace(/^[a-z]+:\/\/[^/?]*/i, "");
  return (
    URL.parse(path.startsWith("/") ? `http://localhost${path}` : `http://localhost/${path}`) ?? undefined
  );
}

export function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}
