/** The prefix of all addresses of the service. */
export const PATH = "/api/todos";

/** What is wrong with one field of a body, one parameter or one header. */
export interface FieldError {
  readonly field: string;
  /** A sentence for people, to stand beside the field. */
  readonly message: string;
}

/** An error response in the form of RFC 9457 (`application/problem+json`). */
export class Problem extends Error {
  /** @param code a stable name for programs; the status says the rest */
  constructor(
    readonly status: keyof typeof TITLES,
    readonly code: string,
    readonly detail: string,
    private readonly more: {
      readonly errors?: readonly FieldError[];
      /** Members besides the usual ones. */
      readonly members?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail);
  }

  response(): Response {
    const { status, code, detail } = this;
    const { errors, members, headers } = this.more;
    const body = { type: "about:blank", title: TITLES[status], status, code, detail, ...members };
    return new Response(JSON.stringify(errors === undefined ? body : { ...body, errors }), {
      status,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
    });
  }
}

/** @param status 422 for the fields of a body, 400 for parameters and headers */
export function wrongFields(status: 400 | 422, errors: readonly FieldError[]): Problem {
  const fields = errors.map(({ field }) => field).join(", ");
  return new Problem(status, "invalid", `There is something wrong with ${fields}.`, { errors });
}

/** 503 with `Retry-After`. */
export function busy(detail: string): Problem {
  return new Problem(503, "unavailable", detail, { headers: { "retry-after": "1" } });
}

/** RFC 9110's names. */
const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;
