import type { Fanfare, Lost } from "@fanfare/client";
import { notify } from "../design/toasts.ts";
import { ByIdentity } from "../identity/by-identity.ts";
import type { Identity, Who } from "../identity/identity.ts";
import { Store } from "../state/store.ts";
import { textIn } from "./chat-item.ts";

export interface SignedIn {
  readonly kind: Who["kind"];
  readonly name: string;
  readonly client: Fanfare;
  /** When the name was picked, if that was in this page; this machine's clock, ms. */
  readonly pickedAt?: number;
}

/** Who one is here: a name, and the connection that goes by it. */
export class Account {
  readonly signedIn = new Store<SignedIn | undefined>(undefined);
  #pickedAt: number | undefined;

  constructor(readonly identity: Identity) {
    const byIdentity = new ByIdentity(identity, {
      needsName: true,
      client: { client: { name: "fanfare-chat", version: "0.1.0" }, onLost: tellLost },
      build: () => this.#pickedAt,
    });
    const show = () => {
      const { value: present } = byIdentity.present;
      const name = present?.who.name;
      if (present === undefined || name === undefined) return this.signedIn.set(undefined);
      const { client, app: pickedAt, who } = present;
      this.signedIn.set({ kind: who.kind, name, client, ...(pickedAt !== undefined && { pickedAt }) });
    };
    byIdentity.present.subscribe(show);
    show();
  }

  pick(name: string): void {
    if (this.identity.name === name && this.signedIn.value !== undefined) return;
    this.#pickedAt = Date.now();
    this.identity.pick(name);
  }
}

/** Nobody waits any more for what an earlier page has left behind: it is told here, or nowhere. */
function tellLost({ room, type, data, error }: Lost): void {
  const text = [...(textIn(type, data) ?? "A message")].slice(0, 80).join("");
  notify({
    title: `Not sent in ${room.replace(/^chat:/, "#")}: ${error.message}`,
    description: text,
    timeout: 30_000,
  });
}
