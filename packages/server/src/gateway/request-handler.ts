import { SUBPROTOCOL } from "@fanfare/protocol";
import { type Admission, denied } from "../dialects/dialect.ts";
import { native } from "../dialects/native/native.ts";
import type { Hub } from "../hub/hub.ts";
import type { RefusedRequest } from "../telemetry/audit-log.ts";
import { isEncodedUtf8 } from "./address-encoding.ts";
import { frontPage } from "./front-page.ts";
import type { Hosts } from "./hosts.ts";
import type { HttpHandlers } from "./http-handler.ts";
import { READ_METHODS, refuseMethod } from "./http-route.ts";
import { json } from "./json.ts";
import { findMount, type Mount } from "./mounts.ts";
import { originRefusal } from "./origin-refusal.ts";
import type { Origins } from "./origins.ts";
import type { RequestAuthenticator } from "./request-authenticator.ts";
import { preflight } from "./response-headers.ts";
import type { SessionFactory } from "./socket.ts";
import { trimSlash } from "./trailing-slash.ts";

/** How to upgrade a request. */
export interface Upgrade {
  readonly openSession: SessionFactory;
  readonly dialect: string;
  readonly headers: Record<string, string>;
}

interface HttpRefusal {
  readonly status: number;
  readonly error: string;
}

const NOT_FOUND: HttpRefusal = { status: 404, error: "not found" };
/** A version of the native protocol. Other subprotocols are ignored: small devices offer one whatever they speak. */
const OWN_SUBPROTOCOL = /^fanfare\./i;
const UNKNOWN_SUBPROTOCOL: HttpRefusal = {
  status: 400,
  error: `unknown subprotocol; the server speaks ${SUBPROTOCOL}, or a plain wire without a subprotocol of Fanfare`,
};
const BAD_HOST: HttpRefusal = { status: 400, error: "the header Host is malformed" };
const BAD_ADDRESS: HttpRefusal = { status: 400, error: "the address is not percent-encoded UTF-8" };
const UNKNOWN_HOST: HttpRefusal = {
  status: 421,
  error:
    "the server does not answer to the name in the header Host; start it with --allow-host NAME if the name is its own",
};

const UNKNOWN_VERSION: HttpRefusal = { status: 426, error: "the server speaks version 13 of WebSocket" };

const REFUSAL_HEADERS: Readonly<Record<number, Record<string, string>>> = {
  401: { "www-authenticate": "Bearer" },
  426: { upgrade: "websocket", "sec-websocket-version": "13" },
  503: { "retry-after": "1" },
};

export interface RequestHandlerOptions extends HttpHandlers {
  readonly hub: Hub;
  readonly mounts: readonly Mount[];
  readonly origins: Origins;
  readonly hosts: Hosts;
  readonly authenticator: RequestAuthenticator;
  /** Called for each upgrade, and each request to an unknown host, that is refused. */
  readonly onRefused: (request: RefusedRequest) => void;
}

/** Handles each request: answers it over HTTP, or decides which mount and dialect its WebSocket gets. */
export class RequestHandler {
  /** While the server stops: the seconds after which a client should retry. */
  #retryAfter: number | undefined;

  constructor(private readonly options: RequestHandlerOptions) {}

  /** The server stops: from now on no request is admitted. @param ms after which a client should retry */
  close(ms: number): void {
    this.#retryAfter = Math.ceil(ms / 1000);
  }

  /** @param from the client's address @returns how to upgrade the request; or the response where it is refused, or asks for no WebSocket */
  async handle(request: Request, from: string | undefined): Promise<Upgrade | Response> {
    const url = parseTarget(request);
    if (url === undefined) return json(400, { error: "the address is malformed" });
    const isOwnHost = this.options.hosts.admit(request.headers.get("host"));
    if (isOwnHost !== true) {
      return this.#refuse(request, url, isOwnHost === false ? UNKNOWN_HOST : BAD_HOST, from);
    }
    if (!isEncodedUtf8(url.pathname + url.search)) return this.#refuse(request, url, BAD_ADDRESS, from);
    if (trimSlash(url.pathname) === "/health") return refuseMethod(request) ?? this.#health();
    if (this.#retryAfter !== undefined) {
      const headers = { "retry-after": String(this.#retryAfter), connection: "close" };
      return json(503, { error: "the server is stopping" }, headers);
    }
    const response = request.headers.has("upgrade") ? undefined : this.#respond(request, url, from);
    if (response !== undefined) return response;
    const upgrade = await this.#admit(request, url);
    return "openSession" in upgrade ? upgrade : this.#refuse(request, url, upgrade, from);
  }

  async #refuse(
    request: Request,
    url: URL,
    { status, error }: HttpRefusal,
    from: string | undefined,
  ): Promise<Response> {
    const isUpgrade = request.headers.has("upgrade");
    // The path alone: a query may hold a token.
    if (isUpgrade || status === UNKNOWN_HOST.status) {
      this.options.onRefused({ status, path: url.pathname, error, ...(from && { from }) });
    }
    const isUnknownPath = status === NOT_FOUND.status && !isUpgrade && URL.canParse(request.url);
    const page = isUnknownPath ? await this.options.notFound?.(request) : undefined;
    return page ?? json(status, { error }, REFUSAL_HEADERS[status]);
  }

  /** @returns undefined for what is left to the mounts. */
  #respond(request: Request, url: URL, from: string | undefined): Response | Promise<Response> | undefined {
    if (!this.#mayAsk(request)) return json(403, { error: foreignOrigin(request).error });
    const cors = preflight(request);
    if (cors !== undefined) return cors;
    // Handlers parse the address without a check of their own.
    const response = URL.canParse(request.url) ? this.options.http?.(request, from) : undefined;
    if (response !== undefined) return response;
    const { frontPage: entries = [], mounts } = this.options;
    if (url.pathname === "/") return refuseMethod(request) ?? frontPage(entries, mounts);
    return findMount(mounts, url.pathname) === undefined ? undefined : refuseMethod(request);
  }

  /** Any page may send a request that reads: the browser keeps the response from pages of other origins. */
  #mayAsk(request: Request): boolean {
    return READ_METHODS.includes(request.method) || this.#isAdmittedOrigin(request);
  }

  #isAdmittedOrigin({ headers }: Request): boolean {
    return this.options.origins.admit(headers.get("origin"), headers.get("host"));
  }

  async #admit(request: Request, url: URL): Promise<Upgrade | HttpRefusal> {
    const { hub, mounts, authenticator } = this.options;
    const found = findMount(mounts, url.pathname);
    if (found === undefined) return NOT_FOUND;
    if (found === "malformed") {
      return { status: 400, error: "the room in the path is not percent-encoded UTF-8" };
    }
    if (!this.#isAdmittedOrigin(request)) return foreignOrigin(request);
    const version = request.headers.get("sec-websocket-version");
    if (version !== null && version !== "13") return UNKNOWN_VERSION;
    const { mount, name } = found;
    const offered = (request.headers.get("sec-websocket-protocol") ?? "")
      .split(",")
      .map((each) => each.trim());
    const isNative = offered.includes(SUBPROTOCOL);
    if (!isNative && offered.some((each) => OWN_SUBPROTOCOL.test(each))) return UNKNOWN_SUBPROTOCOL;
    const dialect = isNative ? native : mount.dialect;
    const caller = await authenticator.authenticate(request, url.searchParams);
    const { authorizer, limits } = hub;
    const rejection = isNative ? undefined : authorizer.rejection(caller);
    if (rejection !== undefined) return denied(rejection);
    const { prefix } = mount;
    const admission = dialect.admit({ name, query: url.searchParams, prefix, caller, authorizer, limits });
    if (!admission.ok) return admission;
    return {
      openSession: sessionFactory(admission, hub),
      dialect: dialect.name,
      // Bun would select the first one offered; an empty one leaves the header out.
      headers: { "sec-websocket-protocol": isNative ? SUBPROTOCOL : "" },
    };
  }

  #health(): Response {
    const { health } = this.options.hub;
    if (this.#retryAfter !== undefined) return json(503, { status: "unavailable", reason: "stopping" });
    return health.ok
      ? json(200, { status: "ok" })
      : json(503, { status: "unavailable", reason: health.reason });
  }
}

/** Made apart from the request, which it would keep in memory for as long as its socket is open. */
function sessionFactory({ open }: Extract<Admission, { ok: true }>, hub: Hub): SessionFactory {
  return (socket) => open(hub, socket);
}

function foreignOrigin({ headers }: Request): HttpRefusal {
  return { status: 403, error: originRefusal(headers.get("origin") ?? "", headers.get("host")) };
}

/** Path and query alone: the host that the client names may be missing or malformed, and is checked by itself. */
function parseTarget({ url }: Request): URL | undefined {
  const path = url.replace(/^[a-z]+:\/\/[^/?]*/i, "");
  return (
    URL.parse(path.startsWith("/") ? `http://localhost${path}` : `http://localhost/${path}`) ?? undefined
  );
}
