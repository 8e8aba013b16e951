import type { WebSocketConstructor } from "@fanfare/client";

/**
 * A WebSocket on which one is `user`, or nobody: a greeting by another name is turned into a refusal. The cookie that says
 * who one is belongs to the browser and may be another one's by now, or gone, and what waits to be sent is not theirs.
 */
export function socketOf(user: string): WebSocketConstructor {
  return class extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      // It is registered before that of whoever uses the socket, and so asked first.
      this.addEventListener(
        "message",
        (event: MessageEvent<unknown>) => {
          const refusal = refusalOf(event.data, user);
          if (refusal === undefined) return;
          event.stopImmediatePropagation();
          this.dispatchEvent(new MessageEvent("message", { data: refusal }));
        },
        { once: true },
      );
    }
  };
}

/** @param data the first frame: the reply to `hello`, perhaps with others behind it */
function refusalOf(data: unknown, user: string): string | undefined {
  if (typeof data !== "string") return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    return undefined;
  }
  const frame: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (typeof frame !== "object" || frame === null || !("user" in frame) || !("ref" in frame))
    return undefined;
  if (frame.user === user) return undefined;
  const message = "This browser is somebody else here now.";
  return JSON.stringify({
    op: "error",
    ref: frame.ref,
    code: 201,
    name: "unauthorized",
    message,
    retry: false,
  });
}
