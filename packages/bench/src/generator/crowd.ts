import { ChatClient } from "./chat-client.ts";
import { ChatRoom } from "./chat-room.ts";
import type { Client } from "./client.ts";
import { NativeClient } from "./native-client.ts";
import { NativeRoom } from "./native-room.ts";
import type { Gathering } from "./orders.ts";
import { RawClient } from "./raw-client.ts";
import type { Tally } from "./tally.ts";

/** Handshakes at a time: below what a listener queues. */
const AT_A_TIME = 64;

/** Everybody that one order gathers. */
export interface Crowd {
  readonly listeners: readonly Client[];
  readonly publishers: readonly Client[];
}

/** @throws if anybody is turned away */
export async function gatherCrowd(order: Gathering, tally: Tally): Promise<Crowd> {
  const numbers = Array.from({ length: order.rooms }, (_, index) => index + 1);
  const rooms = numbers.map((number) => roomOpeners(order, `${order.prefix}${number}`, tally));
  return {
    listeners: await openAll(rooms.flatMap((room) => room.listeners)),
    publishers: await openAll(rooms.flatMap((room) => room.publishers)),
  };
}

type Opener = () => Promise<Client>;

interface RoomOpeners {
  readonly listeners: readonly Opener[];
  readonly publishers: readonly Opener[];
}

function roomOpeners(order: Gathering, name: string, tally: Tally): RoomOpeners {
  const open = opener(order, name, tally);
  const many = (count: number, role: "member" | "publisher") =>
    Array.from(
      { length: count },
      (_, index) => () => open(role, `${role}-${index + 1}-${name.replace(":", "-")}`),
    );
  return { listeners: many(order.listeners, "member"), publishers: many(order.publishers, "publisher") };
}

function opener({ dialect, url, publishers, publishersJoin }: Gathering, name: string, tally: Tally) {
  const native = new NativeRoom(name);
  const chat = new ChatRoom(name);
  return (role: "member" | "publisher", user: string): Promise<Client> => {
    const publishes = role === "publisher";
    switch (dialect) {
      case "native":
        return NativeClient.open(
          url,
          { name: user, publishes, joins: !publishes || publishersJoin },
          native,
          tally,
        );
      case "chat":
        return ChatClient.open(url, user, chat, publishes ? publishers : 0, tally);
      case "raw":
        return RawClient.open(url, user, tally);
    }
  };
}

async function openAll(openers: readonly Opener[]): Promise<Client[]> {
  const waiting = openers.values();
  const clients: Client[] = [];
  const work = async () => {
    for (const open of waiting) clients.push(await open());
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return clients;
}
