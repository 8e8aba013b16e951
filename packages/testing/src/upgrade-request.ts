/** The headers of a WebSocket upgrade (RFC 6455 section 4.1), for tests that read the refusal by plain HTTP. */
export const UPGRADE_HEADERS: Readonly<Record<string, string>> = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** @returns the bytes of the request for a WebSocket at a URL, its path and query included */
export function upgradeRequest(
  url: URL,
  subprotocol?: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const headers = Object.entries({
    Host: url.host,
    ...UPGRADE_HEADERS,
    ...(subprotocol !== undefined && { "Sec-WebSocket-Protocol": subprotocol }),
    ...more,
  });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}\r\n`;
}
