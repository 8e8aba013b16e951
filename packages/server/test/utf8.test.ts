import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ChatClient } from "@fanfare/testing/chat-client";
import { NativeClient } from "@fanfare/testing/native-client";
import { type RawAnswer, rawExchange } from "@fanfare/testing/raw-exchange";
import { openServer } from "@fanfare/testing/test-server";
import { BY_SECRET, SECRET, token } from "@fanfare/testing/tokens";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { signedBytes } from "./support/signed-bytes.ts";

let server: Awaited<ReturnType<typeof openServer>>;
const asked: string[] = [];
beforeAll(async () => {
  const http = (request: Request) => {
    asked.push(request.url);
    return new Response("answered");
  };
  server = await openServer({ engine: { kind: "memory" }, http });
});
afterAll(() => server[Symbol.asyncDispose]());

const upgrade = Object.entries(UPGRADE_HEADERS)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join("");

/** @param target Latin-1 text, one character per byte */
async function ask(target: string, headers = "", host = "localhost"): Promise<RawAnswer | undefined> {
  const request = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`;
  return (await rawExchange(server.url, 1, request)).answers[0];
}

describe("HTTP-13: an address that is not UTF-8", () => {
  for (const [what, bytes] of [
    ["a byte of Latin-1", "J%F6rg"],
    ["the same as it is", "J\xf6rg"],
    ["a part of a character", "%E2%82"],
    ["a surrogate", "%ED%A0%80"],
    ["the longer form of a character", "%C0%AF"],
    ["U+FFFD, which a wrong byte becomes", "J%EF%BF%BDrg"],
  ] as const) {
    test(`HTTP-13: ${what} is 400, wherever it stands and whatever is asked for`, async () => {
      for (const target of [
        `/ws/room1?username=${bytes}`,
        `/ws/${bytes}?username=ada`,
        `/ws/room1?username=ada&${bytes}=1`,
        `/feed/${bytes}`,
        `/board?history=${bytes}`,
        `/echo?token=${bytes}`,
        `/api/session?${bytes}`,
        `/api/permissions?room=${bytes}`,
        `/health?${bytes}`,
        `/page/${bytes}`,
        `/page?q=${bytes}`,
        `http://localhost/ws/room1?username=${bytes}`,
      ]) {
        for (const headers of [upgrade, ""]) {
          const body = '{"error":"the address is not percent-encoded UTF-8"}';
          expect([target, await ask(target, headers)]).toEqual([target, { status: 400, body }]);
        }
      }
      expect(asked).toEqual([]);
    });
  }

  test("HTTP-13: what is UTF-8 arrives as it was sent, encoded or not, and a lone % is a %", async () => {
    const ada = await ChatClient.enter(server.url, "r\u00e4ume", "ada");
    for (const name of ["J%C3%B6rg", "Zo\xc3\xab", "100%"]) {
      const path = `/ws/r\xc3\xa4ume?username=${name}`;
      const isThere = () => ada.next(({ type, username }) => type === "user_joined" && username !== "ada");
      const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\n`;
      expect((await rawExchange(server.url, 1, request, isThere)).answers[0]?.status).toBe(101);
    }
    const joined = ada.frames.filter(({ type }) => type === "user_joined").map(({ username }) => username);
    expect(joined).toEqual(["ada", "J\u00f6rg", "Zo\u00eb", "100%"]);
    await ada.close();
  });
});

test("HTTP-4: a Host of bytes that are not ASCII is malformed", async () => {
  for (const host of ["m\xfcnchen.example", "m\xc3\xbcnchen.example"]) {
    expect([host, (await ask("/page", "", host))?.status]).toEqual([host, 400]);
  }
});

test("AUTH-13: a token that names its user in bytes that are not UTF-8 is refused", async () => {
  await using own = await openServer({ engine: { kind: "memory" }, auth: BY_SECRET });
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const session = async (sub: string) => {
    const authorization = `Bearer ${signedBytes(SECRET, `{"sub":"${sub}","exp":${exp}}`)}`;
    return (await fetch(new URL("/api/session", own.url), { headers: { authorization } })).status;
  };
  expect(await session("J\xc3\xb6rg")).toBe(200);
  expect([await session("J\xf6rg"), await session("J\xe4rg")]).toEqual([401, 401]);
});

test("AUTH-13: a revocation whose body is not UTF-8 revokes nobody", async () => {
  await using own = await openServer({ engine: { kind: "memory" }, auth: BY_SECRET });
  const bearer = await token({ sub: "root", rooms: { "*": ["admin"] } });
  const post = (body: Buffer) =>
    fetch(new URL("/api/admin/revoke", own.url), {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}` },
      body: new Uint8Array(body),
    });
  const strange = await NativeClient.open(own.url, "strange");
  await strange.request({ op: "hello", token: await token("J\ufffdrg") });
  for (const user of ["J\xf6rg", "J\xc3"]) {
    expect((await post(Buffer.from(`{"user":"${user}"}`, "latin1"))).status).toBe(400);
  }
  expect(await strange.request({ op: "ping" })).toMatchObject({ op: "pong" });
  expect((await post(Buffer.from('{"user":"J\u00f6rg"}'))).status).toBe(200);
  await strange.close();
});
