import { keep, onKeptElsewhere, recall } from "../chat/kept.ts";
import { readUserName } from "../chat/names.ts";

/** The name that this browser goes by: the one that was picked in the chat, and the other way round. */
class UserName {
  readonly #listeners = new Set<() => void>();
  #name = recallName();

  constructor() {
    onKeptElsewhere((key) => {
      if (key === KEY) this.#set(recallName());
    });
  }

  readonly read = (): string | undefined => this.#name;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** @param name as `readUserName` gives it */
  pick(name: string): void {
    keep(KEY, name);
    this.#set(name);
  }

  #set(name: string | undefined): void {
    this.#name = name;
    for (const listener of this.#listeners) listener();
  }
}

const KEY = "name";

function recallName(): string | undefined {
  const known = readUserName(recall(KEY) ?? "");
  return "name" in known ? known.name : undefined;
}

export const userName = new UserName();
