import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHmac, createPrivateKey } from "node:crypto";
import { authBy, forged, inSeconds, type KeyPair, keyPair, SECRET, token } from "@fanfare/testing/tokens";
import type { AuthConfig } from "../config/config.ts";
import { openTokenKey } from "./token-key.ts";
import { TokenVerifier } from "./token-verifier.ts";

function verifier(config: AuthConfig): TokenVerifier {
  return new TokenVerifier(openTokenKey(config.key, config.keySet), config, Date.now);
}

const bySecret = (more: Partial<AuthConfig> = {}) =>
  verifier(authBy({ kind: "secret", secret: SECRET }, more));

/** What it is refused with; the user, where it is not. */
async function verdict(by: TokenVerifier, text: string): Promise<string> {
  const result = await by.verify(text);
  return "user" in result ? result.user : `${result.name}: ${result.message}`;
}

const REFUSED = "unauthorized: The token is refused: ";

const rsa = keyPair("rsa");
const ec = keyPair("ec");
const ed = keyPair("ed25519");

describe("AUTH-1: the key decides by which algorithms a token may be signed", () => {
  for (const [name, pair, algs] of [
    ["RSA", rsa, ["RS256", "RS384", "RS512", "PS256"]],
    ["P-256", ec, ["ES256"]],
    ["Ed25519", ed, ["EdDSA"]],
  ] as const) {
    test(`a public key of ${name} takes ${algs.join(", ")}, and nothing by any other key`, async () => {
      const by = verifier(authBy({ kind: "public", pem: pair.pem }));
      for (const alg of algs)
        expect(await verdict(by, await token("ada", { key: pair.privateKey, alg }))).toBe("ada");
      const others: string[] = [];
      for (const [other, alg] of [
        [rsa, "RS256"],
        [ec, "ES256"],
        [ed, "EdDSA"],
      ] as const) {
        if (other !== pair) others.push(await token("ada", { key: other.privateKey, alg }));
      }
      const [first = "RS256"] = algs;
      const same = keyPair(pair === rsa ? "rsa" : pair === ec ? "ec" : "ed25519");
      others.push(await token("ada", { key: same.privateKey, alg: first }));
      for (const text of others) expect(await verdict(by, text)).toStartWith(REFUSED);
    });

    test(`AUTH-1: the public key of ${name} taken for a secret signs nothing`, async () => {
      const by = verifier(authBy({ kind: "public", pem: pair.pem }));
      const der = pair.publicKey.export({ type: "spki", format: "der" });
      for (const secret of [pair.pem, pair.pem.trim(), der]) {
        for (const alg of ["HS256", "HS384", "HS512"]) {
          const text = forged({ alg }, { sub: "ada", exp: inSeconds(60) });
          const signed = text.slice(0, -1);
          const signature = createHmac(`sha${alg.slice(2)}`, secret)
            .update(signed)
            .digest("base64url");
          expect(await verdict(by, `${signed}.${signature}`)).toBe(
            `${REFUSED}its algorithm is not that of the key.`,
          );
        }
      }
    });
  }

  test("AUTH-1: alg none, in any spelling, with any signature, is refused by every kind of key", async () => {
    for (const by of [
      bySecret(),
      ...[rsa, ec, ed].map(({ pem }) => verifier(authBy({ kind: "public", pem }))),
    ]) {
      for (const alg of ["none", "None", "NONE", "nOnE", "", undefined]) {
        for (const signature of ["", "AA"]) {
          const text = forged({ alg, typ: "JWT" }, { sub: "ada", exp: inSeconds(60) }, signature);
          expect(await verdict(by, text)).toStartWith(REFUSED);
        }
      }
    }
  });

  test("AUTH-1: a secret takes HS256 alone, and its own signature alone", async () => {
    const key = new TextEncoder().encode(SECRET.repeat(2));
    const own = new TextEncoder().encode(SECRET);
    expect(await verdict(bySecret(), await token("ada"))).toBe("ada");
    for (const alg of ["HS384", "HS512"]) {
      expect(await verdict(bySecret(), await token("ada", { key: own, alg }))).toStartWith(REFUSED);
    }
    expect(await verdict(bySecret(), await token("ada", { key }))).toBe(
      `${REFUSED}its signature does not match.`,
    );
    expect(await verdict(bySecret(), await token("ada", { key: rsa.privateKey, alg: "RS256" }))).toStartWith(
      REFUSED,
    );
  });

  test("AUTH-1: a header that brings its own key, or names where one is, changes nothing", async () => {
    const jwk = ed.publicKey.export({ format: "jwk" });
    for (const header of [
      { jwk },
      { jku: "http://127.0.0.1:1/" },
      { x5c: ["AA=="] },
      { crit: ["b64"], b64: false },
    ]) {
      const text = forged({ alg: "EdDSA", ...header }, { sub: "ada", exp: inSeconds(60) });
      const { sign } = await import("node:crypto");
      const signed = text.slice(0, -1);
      const signature = sign(null, Buffer.from(signed), createPrivateKey(pem(ed))).toString("base64url");
      expect(await verdict(bySecret(), `${signed}.${signature}`)).toStartWith(REFUSED);
    }
  });
});

function pem({ privateKey }: KeyPair) {
  return privateKey.export({ type: "pkcs8", format: "pem" });
}

/** Signed by the tests' secret; the payload is JSON as it is written. */
function signedText(payload: string): string {
  const parts = [JSON.stringify({ alg: "HS256" }), payload].map((part) =>
    Buffer.from(part).toString("base64url"),
  );
  const signature = createHmac("sha256", SECRET).update(parts.join(".")).digest("base64url");
  return [...parts, signature].join(".");
}

test("AUTH-15: a token whose exp is larger than any number, or than any time, is refused", async () => {
  for (const exp of ["1e400", "1e308", "8640000000001"]) {
    const verdictOf = await verdict(bySecret(), signedText(`{"sub":"ada","exp":${exp}}`));
    expect([exp, verdictOf]).toEqual([exp, expect.stringContaining(`${REFUSED}its exp is no time`)]);
  }
  const last = bySecret();
  expect(await last.verify(signedText('{"sub":"ada","exp":8640000000000}'))).toMatchObject({ user: "ada" });
});

describe("AUTH-2: what a token must say", () => {
  for (const [what, claims, why] of [
    ["has expired", { exp: inSeconds(-1) }, "it has expired"],
    ["holds not yet", { nbf: inSeconds(60) }, "it is not valid yet"],
    ["has no exp", { exp: undefined }, "it has no exp"],
    ["has no sub", { sub: undefined }, "it has no sub"],
    ["has an empty sub", { sub: "" }, "its sub is no user name"],
    ["has a sub that ends in a space", { sub: "ada " }, "its sub is no user name"],
    ["has a sub with a line end", { sub: "a\nb" }, "its sub is no user name"],
    ["has a sub that is too long", { sub: "a".repeat(65) }, "its sub is no user name"],
    ["has a guest's sub", { sub: "guest-ada" }, "its sub begins with guest-"],
    ["has no aud", {}, "it has no aud"],
    ["is for another audience", { aud: "mail" }, "it is for another audience"],
    ["is of another issuer", { aud: "chat", iss: "https://evil.example" }, "it is of another issuer"],
    [
      "has rooms that are no object",
      { aud: "chat", iss: "login", rooms: ["chat:*"] },
      "its claim rooms is no object",
    ],
    [
      "has a room that is no pattern",
      { aud: "chat", iss: "login", rooms: { "a*b": "join" } },
      "its claim rooms has a key",
    ],
    [
      "allows what there is not",
      { aud: "chat", iss: "login", rooms: { "chat:*": "join,fly" } },
      "its claim rooms allows what there is not",
    ],
    ["allows in no way", { aud: "chat", iss: "login", rooms: { "chat:*": true } }, "its claim rooms allows"],
  ] as const) {
    test(`AUTH-2: one that ${what} is refused, and told so`, async () => {
      const by = bySecret({ audience: "chat", issuer: "login" });
      const usual = what.includes("aud") ? { iss: "login" } : { aud: "chat", iss: "login" };
      const text = await token({ sub: "ada", ...usual, ...claims });
      expect(await verdict(by, text)).toStartWith(REFUSED + why);
    });
  }

  test("AUTH-2: clocks may differ by as much as is configured, and the proof ends with that", async () => {
    const by = bySecret({ skewMs: 10_000 });
    expect(await verdict(by, await token({ sub: "ada", exp: inSeconds(-5) }))).toBe("ada");
    expect(await verdict(by, await token({ sub: "ada", nbf: inSeconds(5) }))).toBe("ada");
    expect(await verdict(by, await token({ sub: "ada", exp: inSeconds(-15) }))).toStartWith(REFUSED);
    const exp = inSeconds(60);
    expect(await by.verify(await token({ sub: "ada", exp }))).toMatchObject({
      proof: { expires: exp * 1000 + 10_000 },
    });
  });

  test("AUTH-2: one that was tampered with, anywhere, is refused", async () => {
    const text = await token("ada");
    const by = bySecret();
    for (let at = 0; at < text.length - 1; at++) {
      if (text[at] === ".") continue;
      const changed = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
      expect([at, await verdict(by, changed)]).toEqual([at, expect.stringContaining(REFUSED)]);
    }
    for (const other of [
      "",
      ".",
      "..",
      "a.b.c",
      `${text}.x`,
      text.slice(0, text.lastIndexOf(".")),
      "x".repeat(9_000),
    ]) {
      expect(await verdict(by, other)).toStartWith(REFUSED);
    }
    const [header, , signature] = text.split(".");
    const payload = Buffer.from(JSON.stringify({ sub: "bob", exp: inSeconds(60) })).toString("base64url");
    expect(await verdict(by, `${header}.${payload}.${signature}`)).toBe(
      `${REFUSED}its signature does not match.`,
    );
  });

  test("AUTH-2 AUTH-6: sub and patterns are read in form C, lists and texts mean the same", async () => {
    const rooms = { "cafe\u0301:*": ["join", "publish"], "*": "history, presence", "a:b": [] };
    const result = await bySecret().verify(await token({ sub: "Zoe\u0308", rooms }));
    expect(result).toMatchObject({
      user: "Zo\u00eb",
      proof: {
        grants: [
          { pattern: "caf\u00e9:*", may: ["join", "publish"] },
          { pattern: "*", may: ["history", "presence"] },
          { pattern: "a:b", may: [] },
        ],
      },
    });
    const without = await bySecret().verify(await token("ada"));
    expect("proof" in without && without.proof.grants).toBeUndefined();
  });
});

describe("AUTH-1: a key set", () => {
  let keys: object[] = [];
  let down = false;
  let asked = 0;
  let provider: ReturnType<typeof Bun.serve>;
  beforeAll(() => {
    provider = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch() {
        asked++;
        return down ? new Response("", { status: 500 }) : Response.json({ keys });
      },
    });
  });
  afterAll(() => provider.stop(true));

  const jwkOf = (pair: KeyPair, kid: string) => ({ ...pair.publicKey.export({ format: "jwk" }), kid });
  const open = (keySet: NonNullable<AuthConfig["keySet"]>) =>
    verifier(authBy({ kind: "jwks", url: provider.url.href }, { keySet }));
  const signed = (pair: KeyPair, alg: string, kid: string) =>
    token("ada", { key: pair.privateKey, alg, kid });

  test("AUTH-1: a key that is rotated in is found, and one that is rotated out signs nothing any more", async () => {
    const by = open({ cooldownDuration: 0 });
    keys = [jwkOf(rsa, "old")];
    expect(await verdict(by, await signed(rsa, "RS256", "old"))).toBe("ada");
    const once = asked;
    expect(await verdict(by, await signed(rsa, "RS256", "old"))).toBe("ada");
    expect(asked).toBe(once);
    keys = [jwkOf(ec, "new")];
    expect(await verdict(by, await signed(ec, "ES256", "new"))).toBe("ada");
    expect(await verdict(by, await signed(rsa, "RS256", "old"))).toStartWith(REFUSED);
  });

  test("AUTH-1: one that knows a key by another algorithm or a secret takes nothing by it", async () => {
    const by = open({ cooldownDuration: 0 });
    const secret = Buffer.from(SECRET).toString("base64url");
    keys = [jwkOf(rsa, "a"), { kty: "oct", k: secret, kid: "s", alg: "HS256" }];
    expect(await verdict(by, await token("ada", { kid: "s" }))).toBe(
      `${REFUSED}its algorithm is not that of the key.`,
    );
    const hmac = { key: new TextEncoder().encode(rsa.pem), alg: "HS256", kid: "a" };
    expect(await verdict(by, await token("ada", hmac))).toStartWith(REFUSED);
    expect(await verdict(by, await signed(ec, "ES256", "a"))).toStartWith(REFUSED);
    expect(
      await verdict(by, forged({ alg: "none", kid: "a" }, { sub: "ada", exp: inSeconds(9) })),
    ).toStartWith(REFUSED);
  });

  test("AUTH-1: while it is down, or is none, nobody is taken, and it is said that this may change", async () => {
    const by = open({ cooldownDuration: 0, cacheMaxAge: 0 });
    keys = [jwkOf(rsa, "a")];
    const text = await signed(rsa, "RS256", "a");
    expect(await verdict(by, text)).toBe("ada");
    down = true;
    expect(await verdict(by, text)).toStartWith("unavailable: ");
    down = false;
    keys = "no keys" as never;
    expect(await verdict(by, text)).toStartWith("unavailable: ");
    const nowhere = verifier(authBy({ kind: "jwks", url: "http://127.0.0.1:1/keys" }));
    expect(await verdict(nowhere, text)).toStartWith("unavailable: ");
    keys = [jwkOf(rsa, "a")];
    expect(await verdict(by, text)).toBe("ada");
  });

  test("AUTH-1: while it is down bad tokens do not make a flood of requests for it", async () => {
    const by = open({});
    for (const body of [undefined, "no keys" as never]) {
      down = body === undefined;
      keys = body ?? [];
      const before = asked;
      const other = open({});
      for (let i = 0; i < 20; i++) {
        const text = forged({ alg: "RS256", kid: `k${i}` }, { sub: "ada", exp: inSeconds(9) }, "AAAA");
        expect(await verdict(other, text)).toStartWith("unavailable: ");
      }
      expect(asked - before).toBe(1);
    }
    down = false;
    keys = [jwkOf(rsa, "a")];
    expect(await verdict(by, await signed(rsa, "RS256", "a"))).toBe("ada");
  });
});

describe("AUTH-11: a key set that is too large", () => {
  const keySet = { keys: [{ ...rsa.publicKey.export({ format: "jwk" }), kid: "a" }] };

  /** A provider whose answer is the key set, and white space up to so many bytes: still JSON. */
  async function ask(bytes: number): Promise<{ verdict: string; sent: number }> {
    let sent = 0;
    const spaces = Buffer.alloc(64 * 1024, " ");
    await using stack = new AsyncDisposableStack();
    const provider = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () =>
        new Response(
          new ReadableStream({
            start: (body) => body.enqueue(Buffer.from(JSON.stringify(keySet))),
            pull(body) {
              if (sent >= bytes) return body.close();
              const piece = spaces.subarray(0, bytes - sent);
              sent += piece.length;
              body.enqueue(piece);
            },
          }),
        ),
    });
    stack.defer(() => provider.stop(true));
    const by = verifier(
      authBy({ kind: "jwks", url: provider.url.href }, { keySet: { timeoutDuration: 60_000 } }),
    );
    const text = await token("ada", { key: rsa.privateKey, alg: "RS256", kid: "a" });
    return { verdict: await verdict(by, text), sent };
  }

  test("AUTH-11: one of less than 1 MiB is taken", async () => {
    expect(await ask(1_000_000)).toMatchObject({ verdict: "ada" });
  });

  test("AUTH-11: a larger one counts as unavailable", async () => {
    expect((await ask(1024 * 1024)).verdict).toStartWith("unavailable: ");
  });

  test("AUTH-11: it is not read to its end", async () => {
    const { verdict, sent } = await ask(256 * 1024 * 1024);
    expect(verdict).toStartWith("unavailable: ");
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });
});

describe("AUTH-1: keys that cannot be used are an error at the start", () => {
  for (const [what, pemText] of [
    ["no PEM", "hello"],
    ["a private key", pem(ed).toString()],
  ] as const) {
    test(what, () => {
      expect(() => openTokenKey({ kind: "public", pem: pemText })).toThrow();
    });
  }

  test("AUTH-1: a secret of less than 32 bytes", () => {
    expect(() => openTokenKey({ kind: "secret", secret: "x".repeat(31) })).toThrow("32 bytes");
  });
});
