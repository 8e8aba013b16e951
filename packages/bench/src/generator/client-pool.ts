import { ChatClient } from "./chat-client.ts";
import { ChatRoom } from "./chat-room.ts";
import type { Client } from "./client.ts";
import type { ConnectOptions } from "./generator-methods.ts";
import type { Metrics } from "./metrics.ts";
import { NativeClient } from "./native-client.ts";
import { NativeRoom } from "./native-room.ts";
import { RawClient } from "./raw-client.ts";

/** Handshakes at a time: below what a listener queues. */
const AT_A_TIME = 64;

/** The connections of a generator. */
export interface ClientPool {
  readonly listeners: readonly Client[];
  readonly publishers: readonly Client[];
}

/** @throws if the server refuses a connection */
export async function openClientPool(options: ConnectOptions, metrics: Metrics): Promise<ClientPool> {
  const numbers = Array.from({ length: options.rooms }, (_, index) => index + 1);
  const rooms = numbers.map((number) => roomOpeners(options, `${options.prefix}${number}`, metrics));
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

function roomOpeners(options: ConnectOptions, name: string, metrics: Metrics): RoomOpeners {
  const open = opener(options, name, metrics);
  const many = (count: number, role: "member" | "publisher") =>
    Array.from(
      { length: count },
      (_, index) => () => open(role, `${role}-${index + 1}-${name.replace(":", "-")}`),
    );
  return { listeners: many(options.listeners, "member"), publishers: many(options.publishers, "publisher") };
}

function opener(
  { dialect, url, publishers, publishersJoin }: ConnectOptions,
  name: string,
  metrics: Metrics,
) {
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
          metrics,
        );
      case "chat":
        return ChatClient.open(url, user, chat, publishes ? publishers : 0, metrics);
      case "raw":
        return RawClient.open(url, user, metrics);
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
