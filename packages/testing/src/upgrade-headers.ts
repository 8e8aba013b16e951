/** What a request for a WebSocket carries (RFC 6455 section 4.1), for asking by plain HTTP what would be refused. */
export const UPGRADE_HEADERS: Readonly<Record<string, string>> = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};
