import { SUBPROTOCOL } from "@fanfare/protocol";
import { textFrame } from "@fanfare/testing/frame-writer";
import { FrameSocket } from "../socket/frame-socket.ts";
import type { AttackResult } from "./attack.ts";

const CLIENTS = 50;
const ROOMS = 40;
/** Messages of each room. */
const MESSAGES = 5_000;
const BATCH = 100;
/** Milliseconds of the attack. */
const DURATION = 10_000;

interface Frame {
  readonly op: string;
  readonly room?: string;
}

/** Publishes the messages that the attack scans, a connection and a user for each room. */
export async function fillRooms(url: URL): Promise<void> {
  await Promise.all(Array.from({ length: ROOMS }, (_, i) => fillRoom(url, i)));
}

async function fillRoom(url: URL, index: number): Promise<void> {
  const message = `{"op":"publish","ref":1,"room":"${nameOf(index)}","type":"note","data":"${"x".repeat(100)}"}`;
  const batch = textFrame(`[${Array(BATCH).fill(message)}]`);
  const done = Promise.withResolvers<void>();
  let answered = 0;
  const client = await open(url, `Filler ${index}`, ({ op }) => {
    if (op !== "ok" && op !== "error") return;
    // The first is the reply to hello.
    if (++answered === MESSAGES + 1) done.resolve();
  });
  for (let sent = 0; sent < MESSAGES; sent += BATCH) client.send(batch);
  await done.promise;
  client.terminate();
}

/** Each client joins every room with a filter that no message passes, again and again: every join scans its room. */
export async function joinFiltered(url: URL): Promise<AttackResult> {
  const endings: Record<string, number> = {};
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, i) => {
      const client = await open(
        url,
        `Reader ${i}`,
        ({ op, room = "" }) => {
          if (op !== "live") return;
          client.send(textFrame(`[{"op":"leave","ref":2,"room":"${room}"},${join(room)}]`));
        },
        (code) => {
          endings[code] = (endings[code] ?? 0) + 1;
        },
      );
      client.send(textFrame(`[${Array.from({ length: ROOMS }, (_, room) => join(nameOf(room)))}]`));
      return client;
    }),
  );
  await Bun.sleep(DURATION);
  for (const client of clients) client.terminate();
  const closed = Object.values(endings).reduce((sum, count) => sum + count, 0);
  if (closed < CLIENTS) endings.open = CLIENTS - closed;
  const done = `joined ${ROOMS} rooms of ${MESSAGES} messages with a filter that nothing passes`;
  return { connections: CLIENTS, endings, done };
}

function nameOf(room: number): string {
  return `scanned ${room}`;
}

function join(room: string): string {
  return `{"op":"join","ref":1,"room":"${room}","history":1000,"types":["none"]}`;
}

async function open(
  url: URL,
  user: string,
  onFrame: (frame: Frame) => void,
  onClosed: (code: number) => void = () => {},
): Promise<FrameSocket> {
  const client = await FrameSocket.open(
    `${url.origin.replace("http", "ws")}/ws`,
    {
      data: (bytes, start, end) => {
        const value = JSON.parse(bytes.toString("utf8", start, end)) as Frame | Frame[];
        for (const frame of Array.isArray(value) ? value : [value]) onFrame(frame);
      },
      closed: onClosed,
    },
    { subprotocol: SUBPROTOCOL },
  );
  client.send(textFrame(`{"op":"hello","ref":0,"user":"${user}"}`));
  return client;
}
