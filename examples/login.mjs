/** A login of your own in front of Fanfare: whoever signs in gets a token that it takes (docs/security.md). Node 20 or Bun. */
import { createHmac, randomBytes, randomUUID, scryptSync, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const { FANFARE_TOKEN_SECRET: secret = "", FANFARE_URL = "http://localhost:8080", PORT = 3000 } = process.env;
if (Buffer.byteLength(secret) < 32) throw new Error("set FANFARE_TOKEN_SECRET to that of fanfare serve");
const COOKIE = `Path=/; HttpOnly; SameSite=Lax${process.env.NODE_ENV === "production" ? "; Secure" : ""}`;

const hashed = (password = "", salt = randomBytes(16)) => ({ salt, key: scryptSync(password, salt, 32) });
/** Yours are in a database. */
const users = new Map(Object.entries({ alice: hashed("wonderland"), bob: hashed("builder") }));
const nobody = hashed(randomUUID());
const sessions = new Map();

function tokenOf(/** @type {string} */ user) {
  // What they may do: your rules, in one place.
  const rooms = { "chat:*": "join,publish,event,presence,history", [`inbox:${user}`]: "join,history" };
  const claims = { sub: user, exp: Math.floor(Date.now() / 1000) + 3600, rooms };
  const [header, payload] = [{ alg: "HS256", typ: "JWT" }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const signature = createHmac("sha256", secret).update(`${header}.${payload}`).digest("base64url");
  return `${header}.${payload}.${signature}`;
}

function userOf(/** @type {URLSearchParams} */ form) {
  const user = form.get("user") ?? "";
  const known = users.get(user) ?? nobody; // takes as long for those who are not there
  return timingSafeEqual(hashed(form.get("password") ?? "", known.salt).key, known.key) ? user : undefined;
}

const PAGE = `<!doctype html><title>Sign in</title><form method="post"><input name="user">
<input name="password" type="password"><button>Sign in</button></form>`;

const server = createServer(async (request, response) => {
  const answer = (/** @type {number} */ status, text = "", headers = {}) =>
    response
      .writeHead(status, { "cache-control": "no-store", "content-type": "text/html", ...headers })
      .end(text);
  const user = sessions.get(/\bsession=([^;]+)/.exec(request.headers.cookie ?? "")?.[1]);
  // For pages of your own: new Fanfare(url, { token: async () => (await fetch("/token")).text() })
  if (request.url === "/token") return user ? answer(200, tokenOf(user)) : answer(401);
  if (request.method !== "POST") return answer(200, PAGE);
  let body = "";
  for await (const chunk of request) body = (body + chunk).slice(0, 1000);
  const entered = userOf(new URLSearchParams(body));
  if (entered === undefined) return answer(401, PAGE);
  const id = randomUUID();
  sessions.set(id, entered);
  // For the web apps of Fanfare, at the same host: they send the token as a cookie, and never see it.
  const cookies = [`session=${id}; ${COOKIE}`, `fanfare_token=${tokenOf(entered)}; Max-Age=3600; ${COOKIE}`];
  // Back to where one came from: a path of Fanfare's, so that no link to this login leads to another host.
  const path = new URLSearchParams(request.url?.split("?")[1]).get("return") ?? "";
  const { href } = new URL(new URL(FANFARE_URL).origin + (path.startsWith("/") ? path : "/"));
  answer(303, "", { "set-cookie": cookies, location: href });
});
server.listen({ port: PORT, host: "localhost" }, () =>
  console.log("http://localhost:%d", Object(server.address()).port),
);
