import { SUBPROTOCOL } from "@fanfare/protocol";
import { denied } from "../dialects/dialect.ts";
import { native } from "../dialects/native/native.ts";
import type { Hub } from "../hub/hub.ts";
import type { RefusedRequest } from "../telemetry/audit-log.ts";
import { preflight, withUsualHeaders } from "./answer-headers.ts";
import type { Hosts } from "./hosts.ts";
import type { HttpAnswers } from "./http-handler.ts";
import { json } from "./json.ts";
import { findMount, type Mount } from "./mounts.ts";
import type { Origins } from "./origins.ts";
import type { Reception } from "./reception.ts";
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

/** What else whoever is refused is told. */
const HINTS: Readonly<Record<number, Record<string, string>>> = {
  401: { "www-authenticate": "Bearer" },
  503: { "retry-after": "1" },
};

const NO_HOST: Refused = { status: 400, error: "the header Host is malformed" };
const ELSEWHERE: Refused = {
  status: 421,
  error: "the server is not called so; its --allow-host lists the names by which it is",
};

export interface DoorwayOptions extends HttpAnswers {
  readonly mounts: readonly Mount[];
  readonly origins: Origins;
  readonly hosts: Hosts;
  /** Seconds for which browsers that call us by a name are to come by TLS alone (SPEC HTTP-11); 0: that is not said. */
  readonly hsts: number;
  readonly reception: Reception;
  /** Undefined until there is one. */
  readonly hub: () => Hub | undefined;
  /** Told of each upgrade that is refused. */
  readonly refused: (request: RefusedRequest) => void;
}

/** Answers requests before they are WebSockets: who may come in, by which mount, in which dialect. */
export class Doorway {
  /** While the server stops: the seconds after which to come back. */
  #closedFor: number | undefined;

  constructor(private readonly options: DoorwayOptions) {}

  /** From now on nobody is let in. @param ms until it is worth coming back. */
  close(ms: number): void {
    this.#closedFor = Math.ceil(ms / 1000);
  }

  /**
   * @param from the client's address
   * @returns how to upgrade it; or the answer to a request that is not let in, or wants no WebSocket.
   */
  async admit(request: Request, from: string | undefined): Promise<Admitted | Response> {
    const answer = await this.#admit(request, from);
    return "opening" in answer ? answer : this.finish(answer, request);
  }

  /** An answer as it leaves. */
  finish(answer: Response, request: Request): Response {
    const { origins, hosts, hsts } = this.options;
    return withUsualHeaders(answer, request, {
      origins,
      hsts: hosts.isOwnName(request.headers.get("host")) ? hsts : 0,
    });
  }

  #admit(request: Request, from: string | undefined): Admitted | Response | Promise<Admitted | Response> {
    const url = addressOf(request);
    if (url === undefined) return json(400, { error: "the address is malformed" });
    const called = this.options.hosts.admit(request.headers.get("host"));
    if (called !== true) return this.#refuse(request, url, called === false ? ELSEWHERE : NO_HOST, from);
    if (url.pathname === "/health") return this.#health();
    if (this.#closedFor !== undefined) {
      const headers = { "retry-after": String(this.#closedFor), connection: "close" };
      return json(503, { error: "the server is stopping" }, headers);
    }
    const answer = request.headers.has("upgrade") ? undefined : this.#answer(request, url);
    return answer ?? this.#upgrade(request, url, from);
  }

  async #upgrade(request: Request, url: URL, from: string | undefined): Promise<Admitted | Response> {
    const admitted = await this.#judge(request, url);
    return "opening" in admitted ? admitted : this.#refuse(request, url, admitted, from);
  }

  async #refuse(
    request: Request,
    url: URL,
    { status, error }: Refused,
    from: string | undefined,
  ): Promise<Response> {
    const upgrades = request.headers.has("upgrade");
    // The path alone: what follows it may hold a token.
    if (upgrades || status === ELSEWHERE.status) {
      this.options.refused({ status, path: url.pathname, error, ...(from && { from }) });
    }
    const isNowhere = status === 404 && !upgrades && URL.canParse(request.url);
    const elsewhere = isNowhere ? await this.options.notFound?.(request) : undefined;
    return elsewhere ?? json(status, { error }, HINTS[status]);
  }

  /** @returns undefined for what is left to the mounts. */
  #answer(request: Request, url: URL): Response | Promise<Response> | undefined {
    if (!this.#mayAsk(request)) return json(FOREIGN.status, { error: FOREIGN.error });
    const asked = preflight(request);
    if (asked !== undefined) return asked;
    // Handlers are spared addresses that cannot be parsed.
    const answer = URL.canParse(request.url) ? this.options.http?.(request) : undefined;
    return answer ?? (url.pathname === "/" ? this.#frontPage() : undefined);
  }

  /** Reading is for everyone: a browser keeps the answer from a page of another origin. */
  #mayAsk(request: Request): boolean {
    return request.method === "GET" || request.method === "HEAD" || this.#isAdmitted(request);
  }

  #isAdmitted({ headers }: Request): boolean {
    return this.options.origins.admit(headers.get("origin"), headers.get("host"));
  }

  async #judge(request: Request, url: URL): Promise<Admitted | Refused> {
    const found = findMount(this.options.mounts, url.pathname);
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
    const hub = this.options.hub();
    if (hub === undefined) return { status: 503, error: "starting" };
    const dialect = speaksNative ? native : mount.dialect;
    const caller = await this.options.reception.receive(request, url.searchParams);
    const { authorizer } = hub;
    const rejection = speaksNative ? undefined : authorizer.rejection(caller);
    if (rejection !== undefined) return denied(rejection);
    const admission = dialect.admit({
      name,
      query: url.searchParams,
      prefix: mount.prefix,
      caller,
      authorizer,
    });
    if (!admission.ok) return admission;
    return {
      opening: admission.open,
      dialect: dialect.name,
      headers: speaksNative ? { "sec-websocket-protocol": SUBPROTOCOL } : {},
    };
  }

  /** For whoever opens the server in a browser: what speaks where. */
  #frontPage(): Response {
    const rows = this.options.mounts.map(({ path, dialect }) => `  ${path.padEnd(16)} ${dialect.name}`);
    return new Response(`Fanfare is up. Its WebSocket addresses, and what is spoken there:

${rows.join("\n")}

With the subprotocol ${SUBPROTOCOL} each of them speaks the native protocol. /health tells how it is.
`);
  }

  #health(): Response {
    const health = this.options.hub()?.health ?? { ok: false, reason: "starting" };
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
