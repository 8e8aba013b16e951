/** The headers of a WebSocket upgrade (RFC 6455 section 4.1), for tests that read the refusal by plain HTTP. */
export const UPGRADE_HEADERS: Readonly<Record<string, string>> = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};
