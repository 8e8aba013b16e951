import type { WebSocketConstructor } from "@fanfare/client";

/**
 * A WebSocket class for one user: if the server greets another user, the client sees `unauthorized` instead. The cookie
 * belongs to the browser and may be another user's by now, who must not send what waits in this one's outbox.
 */
export function webSocketFor(user: string): WebSocketConstructor {
  return class extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      // It is registered before the listener of the client, so it runs first.
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
  const message = "Another user is signed in to this browser now.";
  return JSON.stringify({
    op: "error",
    ref: frame.ref,
    code: 201,
    name: "unauthorized",
    message,
    retry: false,
  });
}
