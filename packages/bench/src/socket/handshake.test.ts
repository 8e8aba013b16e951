import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { Handshake, HandshakeError } from "./handshake.ts";

const url = new URL("ws://127.0.0.1:8080/ws/room?username=a");

function accepted(handshake: Handshake, more = ""): string {
  const key = /Sec-WebSocket-Key: (\S+)/.exec(handshake.request)?.[1];
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nsec-websocket-ACCEPT:  ${accept}\r\n${more}\r\n`;
}

test("asks for the path with its query, and for the subprotocol", () => {
  const lines = new Handshake(url, "fanfare.v1.json").request.split("\r\n");
  expect(lines[0]).toBe("GET /ws/room?username=a HTTP/1.1");
  expect(lines).toContain("Host: 127.0.0.1:8080");
  expect(lines).toContain("Sec-WebSocket-Protocol: fanfare.v1.json");
  expect(lines.slice(-2)).toEqual(["", ""]);
});

test("hands back what follows the answer, wherever that is split", () => {
  const answer = Buffer.from(`${accepted(new Handshake(url))}rest`);
  for (let split = 0; split < answer.length; split += 1) {
    const handshake = new Handshake(url);
    const early = handshake.push(answer.subarray(0, split));
    const rest = early ?? handshake.push(answer.subarray(split));
    expect(`${rest}${early === undefined ? "" : answer.subarray(split)}`).toBe("rest");
  }
});

test("refuses every answer but the one it wants", () => {
  const push = (text: string, subprotocol?: string) =>
    new Handshake(url, subprotocol).push(Buffer.from(text));
  const good = accepted(new Handshake(url));
  expect(() => push('HTTP/1.1 400 Bad Request\r\n\r\n{"error":"no"}')).toThrow(
    /400 Bad Request \{"error":"no"\}/,
  );
  expect(() => push("HTTP/1.1 101 Fine\r\nSec-WebSocket-Accept: AAAA\r\n\r\n")).toThrow(HandshakeError);
  expect(() => push(good, "fanfare.v1.json")).toThrow(/subprotocol \(none\)/);
  expect(() => push(accepted(new Handshake(url), "Sec-WebSocket-Protocol: other\r\n"))).toThrow(/other/);
  expect(() => push(accepted(new Handshake(url), "Sec-WebSocket-Extensions: x\r\n"))).toThrow(/extension/);
  expect(() => push("x".repeat(20_000))).toThrow(/never ends/);
});
