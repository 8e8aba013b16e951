import type { Fanfare, Lost } from "@fanfare/client";
import { notify } from "../design/toasts.ts";
import type { CurrentUser, Identity } from "../identity/identity.ts";
import { UserClient } from "../identity/user-client.ts";
import { Store } from "../state/store.ts";
import { textIn } from "./chat-message.ts";

export interface ChatUser {
  readonly kind: CurrentUser["kind"];
  readonly name: string;
  readonly client: Fanfare;
  /** When the user chose the name in this page, by this machine's clock, ms; undefined for a name from before. */
  readonly nameChosenAt?: number;
}

/** The user of the chat, with the client that is connected under this name. */
export class Account {
  readonly chatUser = new Store<ChatUser | undefined>(undefined);
  #nameChosenAt: number | undefined;

  constructor(readonly identity: Identity) {
    const userClient = new UserClient(identity, {
      needsName: true,
      client: { client: { name: "fanfare-chat", version: "0.1.0" }, onLost: notifyLost },
      build: () => this.#nameChosenAt,
    });
    const show = () => {
      const { value: current } = userClient.current;
      const name = current?.user.name;
      if (current === undefined || name === undefined) return this.chatUser.set(undefined);
      const { client, app: nameChosenAt, user } = current;
      this.chatUser.set({
        kind: user.kind,
        name,
        client,
        ...(nameChosenAt !== undefined && { nameChosenAt }),
      });
    };
    userClient.current.subscribe(show);
    show();
  }

  setName(name: string): void {
    if (this.identity.name === name && this.chatUser.value !== undefined) return;
    this.#nameChosenAt = Date.now();
    this.identity.setName(name);
  }
}

/** A message that an earlier page left in the outbox failed. No component shows it any more, so a toast does. */
function notifyLost({ room, type, data, error }: Lost): void {
  const text = [...(textIn(type, data) ?? "A message")].slice(0, 80).join("");
  notify({
    title: `Not sent in ${room.replace(/^chat:/, "#")}: ${error.message}`,
    description: text,
    timeout: 30_000,
  });
}
