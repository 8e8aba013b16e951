import { Fanfare } from "@fanfare/client";
import { FanfareProvider } from "@fanfare/client/react";
import { startPage } from "../design/index.ts";
import { roomsOf, searchOf } from "./address.ts";
import { Console } from "./console.tsx";
import { Log } from "./log.ts";
import { Replay } from "./replay.ts";
import { Subscriptions } from "./subscriptions.ts";

const client = new Fanfare(location.origin);
const log = new Log();
const subscriptions = new Subscriptions(client, log);
const replay = new Replay(client, log, subscriptions);

// How it stands is in the client's state.
client.connect().catch(() => {});
for (const name of roomsOf(location.search)) subscriptions.add(name);
subscriptions.list.subscribe(() => {
  const address = `${location.pathname}${searchOf(subscriptions.list.get().map(({ name }) => name))}`;
  if (address !== `${location.pathname}${location.search}`) history.replaceState(null, "", address);
});

startPage(
  <FanfareProvider client={client}>
    <Console log={log} subscriptions={subscriptions} replay={replay} />
  </FanfareProvider>,
);
