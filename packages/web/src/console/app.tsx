import { startPage } from "../design/index.ts";
import { Identity } from "../identity/identity.ts";
import { UserClient } from "../identity/user-client.ts";
import { roomsOf, searchOf } from "./address.ts";
import { Log } from "./log.ts";
import { Page } from "./page.tsx";
import { Replay } from "./replay.ts";
import { Subscriptions } from "./subscriptions.ts";

const identity = new Identity();
const consoles = new UserClient(identity, {
  needsName: false,
  client: { client: { name: "fanfare-console", version: "0.1.0" } },
  build(client) {
    const log = new Log();
    const subscriptions = new Subscriptions(client, log, identity.permissions);
    // The client's state has the outcome.
    client.connect().catch(() => {});
    for (const name of roomsOf(location.search)) subscriptions.add(name);
    subscriptions.list.subscribe(() => {
      const address = `${location.pathname}${searchOf(subscriptions.list.value.map(({ name }) => name))}`;
      if (address !== `${location.pathname}${location.search}`) history.replaceState(null, "", address);
    });
    return { log, subscriptions, replay: new Replay(client, log, subscriptions) };
  },
});

startPage(<Page identity={identity} consoles={consoles} />);
