export type Tool = "curl" | "websocat" | "sdk";

/** The first tool that reaches the server of this page: curl has no raw connection over TLS. */
export function firstTool(page: URL): Tool {
  return page.protocol === "http:" ? "curl" : "websocat";
}

/** A message that a snippet publishes. */
export interface Published {
  readonly room: string;
  readonly type: string;
  /** Compact JSON. */
  readonly json: string;
}

/** Seconds between pings of the server. */
const PING_INTERVAL = 25;
/** Any 16 bytes will do (RFC 6455, 4.1). */
const KEY = "RmFuZmFyZSBjb25zb2xlIQ==";
const HISTORY = 20;

/** Frames of the native protocol, one per line: `hello`, then one `join` per room. */
function joins(names: readonly string[]): readonly string[] {
  const rooms = names.map((room, index) =>
    JSON.stringify({ op: "join", ref: index + 2, room, ...(!room.endsWith("*") && { history: HISTORY }) }),
  );
  return [HELLO, ...rooms];
}

const HELLO = JSON.stringify({ op: "hello", ref: 1 });

function publish({ room, type, json }: Published): readonly string[] {
  const head = JSON.stringify({ op: "publish", ref: 2, room, type });
  return [HELLO, `${head.slice(0, -1)},"data":${json}}`];
}

/** @param page the address of the server, `http:` or `https:` */
export function websocatListen(page: URL, names: readonly string[]): string {
  return `{ printf '%s\\n' \\\n${joins(names).map(argument).join(" \\\n")}\ncat; } | websocat ${socketOf(page)}`;
}

export function websocatPublish(page: URL, published: Published): string {
  const lines = publish(published).map(argument).join(" \\\n");
  return `{ printf '%s\\n' \\\n${lines}\nsleep 2; } | websocat ${socketOf(page)}`;
}

/**
 * `-T .` reads the input without waiting for it; the progress that curl then shows, in spite of `-s`, goes away.
 *
 * @returns undefined where the page came over TLS: curl has no raw connection there
 */
export function curlListen(page: URL, names: readonly string[]): string | undefined {
  if (firstTool(page) !== "curl") return undefined;
  const ping = frame(JSON.stringify({ op: "ping", ref: 0 }));
  return `{ ${upgrade(page)}\n${joins(names).map(frame).join("\n")}\nwhile sleep ${PING_INTERVAL}; do ${ping}; done; } | curl -sN -T . telnet://${hostOf(page)} 2>/dev/null`;
}

/** @returns undefined as `curlListen` */
export function curlPublish(page: URL, published: Published): string | undefined {
  if (firstTool(page) !== "curl") return undefined;
  return `{ ${upgrade(page)}\n${publish(published).map(frame).join("\n")}\nsleep 1; } | curl -sN -T . -m 3 telnet://${hostOf(page)} 2>/dev/null`;
}

export function sdkListen(page: URL, names: readonly string[]): string {
  const rooms = names.filter((name) => !name.endsWith("*"));
  const patterns = names.filter((name) => name.endsWith("*"));
  const made = [
    ...rooms.map((name) => `  client.room(${script(JSON.stringify(name))}, { history: ${HISTORY} }),`),
    ...patterns.map((name) => `  client.pattern(${script(JSON.stringify(name))}),`),
  ];
  return `import { Fanfare } from "@fanfare/client";

const client = new Fanfare(${JSON.stringify(page.origin)});
const rooms = [
${made.join("\n")}
];
for (const room of rooms) {
  room.on("message", ({ room, offset, type, from, data }) => console.log(room, offset, type, from, data));
  room.on("reset", ({ room, reason, oldest }) => console.warn(room, "goes on at", oldest, reason));
  await room.join();
}`;
}

export function sdkPublish(page: URL, { room, type, json }: Published): string {
  // In a script, a member __proto__ is not data.
  const data = json.includes("__proto__") ? `JSON.parse(${JSON.stringify(json)})` : json;
  return `import { Fanfare } from "@fanfare/client";

const client = new Fanfare(${JSON.stringify(page.origin)});
const { offset } = await client.room(${JSON.stringify(room)}).publish(${JSON.stringify(type)}, ${script(data)});
console.log("kept as offset", offset);
await client.close();`;
}

/** Escapes the two line terminators that JSON does not escape. */
function script(json: string): string {
  return json.replace(/\u2028/g, "\\u2028").replace(/\u2029/g, "\\u2029");
}

function socketOf(page: URL): string {
  const address = new URL("/ws", page);
  address.protocol = page.protocol.replace("http", "ws");
  // A frame may hold a batch of up to 256 KiB.
  return `-B 300000 --protocol fanfare.v1.json ${address.href}`;
}

function hostOf({ hostname, port }: URL): string {
  return `${hostname}:${port || 80}`;
}

function argument(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Frames may be sent after the server has answered, for which the script waits a second. */
function upgrade(page: URL): string {
  const lines = [
    "GET /ws HTTP/1.1",
    `Host: ${page.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${KEY}`,
    "Sec-WebSocket-Protocol: fanfare.v1.json",
  ];
  return `printf '%s\\r\\n' \\\n${lines.map(argument).join(" \\\n")} ''\nsleep 1`;
}

/**
 * A WebSocket text frame (RFC 6455, 5.2) as a command. The mask is zero, so the text stays readable; spaces fill it up
 * where its length would hold a byte 255, which telnet takes for a command.
 */
function frame(json: string): string {
  const length = new TextEncoder().encode(json).length;
  if (length > 125 && (length >> 8 === 255 || (length & 255) === 255)) return frame(`${json} `);
  const size = length < 126 ? [128 + length] : [254, length >> 8, length & 255];
  const head = [129, ...size, 0, 0, 0, 0].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  return `printf '${head}%s' ${argument(json)}`;
}
