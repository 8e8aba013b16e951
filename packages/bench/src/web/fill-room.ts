import { SUBPROTOCOL } from "@fanfare/protocol";

/** Publishes in one frame, and frames that wait for their answers. */
const BATCH = 200;
const WINDOW = 16;

/** Publishes so many chat messages of usual lengths, by a few users. @throws if one is refused */
export async function fillRoom(url: string, room: string, count: number): Promise<void> {
  const users = ["ada", "bob", "eve", "carol"];
  const shareOf = (place: number) => Math.floor((count + place) / users.length);
  await Promise.all(users.map((user, place) => publish(url, user, room, shareOf(place))));
}

async function publish(url: string, user: string, room: string, count: number): Promise<void> {
  const socket = new WebSocket(`${url}/ws`, SUBPROTOCOL);
  const done = Promise.withResolvers<void>();
  let sent = 0;
  let kept = 0;
  const send = () => {
    while (sent < count && sent - kept < BATCH * WINDOW) {
      const size = Math.min(BATCH, count - sent);
      const frames = Array.from({ length: size }, (_, i) => publishFrame(room, sent + i));
      sent += size;
      socket.send(JSON.stringify(frames));
    }
  };
  socket.onopen = () => socket.send(JSON.stringify({ op: "hello", ref: 0, user }));
  socket.onclose = ({ code, reason }) => done.reject(new Error(`the server closed: ${code} ${reason}`));
  socket.onmessage = ({ data }) => {
    const said: unknown = JSON.parse(String(data));
    for (const frame of Array.isArray(said) ? said : [said]) {
      if (frame.op === "error") done.reject(new Error(`refused: ${frame.message}`));
      else if (frame.op === "ok" && frame.ref > 0) kept += 1;
    }
    if (kept === count) done.resolve();
    else send();
  };
  await done.promise;
  socket.onclose = null;
  socket.close();
}

const TEXTS = [
  "yes",
  "Has anybody looked at this yet? I had a short look and would rather wait until Monday.",
  "I did, and it is **fine** as far as I can see: https://example.com/report",
  "Then let us do that. ".repeat(8),
  "`npm start` and open two tabs",
] as const;

function publishFrame(room: string, n: number) {
  return { op: "publish", ref: n + 1, room, type: "chat", data: { text: `${n} ${TEXTS[n % TEXTS.length]}` } };
}
