import { Fanfare } from "@fanfare/client";
import { keep, recall } from "./kept.ts";
import { readUserName } from "./names.ts";
import { Store } from "./store.ts";

export interface SignedIn {
  readonly name: string;
  readonly client: Fanfare;
  /** When the name was picked, if that was in this page; this machine's clock, ms. */
  readonly pickedAt?: number;
}

const KEY = "name";

/** Who one is here: a name, and the connection that goes by it. */
export class Account {
  readonly signedIn = new Store<SignedIn | undefined>(undefined);

  constructor() {
    const known = readUserName(recall(KEY) ?? "");
    if ("name" in known) this.signedIn.set({ name: known.name, client: connectAs(known.name) });
  }

  pick(name: string): void {
    const before = this.signedIn.value;
    if (before?.name === name) return;
    keep(KEY, name);
    this.signedIn.set({ name, client: connectAs(name), pickedAt: Date.now() });
    void before?.client.close();
  }
}

function connectAs(user: string): Fanfare {
  return new Fanfare(location.origin, { user, client: { name: "fanfare-chat", version: "0.1.0" } });
}
