import { createHash } from "node:crypto";
import { UPGRADE_HEADERS, upgradeRequest } from "@fanfare/testing/upgrade-request";

/** RFC 6455 section 4.2.2. */
const ACCEPT = createHash("sha1")
  .update(`${UPGRADE_HEADERS["Sec-WebSocket-Key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  .digest("base64");
const HEAD_END = "\r\n\r\n";
const LONGEST_HEAD = 16 * 1024;

/** The server did not agree to speak WebSocket. */
export class HandshakeError extends Error {}

/** The opening handshake of one connection, client side. */
export class Handshake {
  readonly #url: URL;
  readonly #subprotocol: string | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  #received = Buffer.alloc(0);

  constructor(url: URL, subprotocol?: string, headers: Readonly<Record<string, string>> = {}) {
    this.#url = url;
    this.#subprotocol = subprotocol;
    this.#headers = headers;
  }

  get request(): string {
    return upgradeRequest(this.#url, this.#subprotocol, this.#headers);
  }

  /**
   * @returns the bytes behind the server's answer once it is complete, and nothing before
   * @throws HandshakeError if the answer is anything but yes
   */
  push(chunk: Buffer): Buffer | undefined {
    this.#received = Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(HEAD_END);
    if (end === -1) {
      if (this.#received.length > LONGEST_HEAD)
        throw new HandshakeError("the answer to the upgrade never ends");
      return undefined;
    }
    this.#check(this.#received.toString("latin1", 0, end));
    return this.#received.subarray(end + HEAD_END.length);
  }

  #check(head: string): void {
    const [status = "", ...lines] = head.split("\r\n");
    if (!/^HTTP\/1\.1 101\b/.test(status)) {
      const body = this.#received.toString("utf8", head.length + HEAD_END.length).slice(0, 200);
      throw new HandshakeError(`the server answered the upgrade with ${status} ${body}`.trimEnd());
    }
    const headers = new Map(lines.map(parseHeader));
    if (headers.get("sec-websocket-accept") !== ACCEPT)
      throw new HandshakeError("Sec-WebSocket-Accept is wrong");
    const subprotocol = headers.get("sec-websocket-protocol");
    if (subprotocol !== this.#subprotocol) {
      throw new HandshakeError(`the server chose the subprotocol ${subprotocol ?? "(none)"}`);
    }
    if (headers.has("sec-websocket-extensions"))
      throw new HandshakeError("the server chose an extension that was not offered");
  }
}

function parseHeader(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}
