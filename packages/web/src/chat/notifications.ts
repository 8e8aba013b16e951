import { navigate } from "../state/address.ts";
import { readStorage, writeStorage } from "../state/local-storage.ts";
import { isPageVisible } from "../state/page-visibility.ts";
import { Store } from "../state/store.ts";
import { roomPath } from "./address.ts";

const KEY = "chat.notify";
const LONGEST = 140;

/** `absent`: this browser has none here (it wants https). `denied`: it was told to ask no more. */
export type Notifying = "absent" | "denied" | "off" | "on";

/** Whether messages are told outside of the page while it is hidden. Off until one asks for it. */
export const notifying = new Store<Notifying>(look());

/** By a button alone. */
export async function setNotifying(isWanted: boolean): Promise<void> {
  if (isWanted && "Notification" in globalThis && Notification.permission === "default") {
    await Notification.requestPermission();
  }
  writeStorage(KEY, isWanted ? "on" : undefined);
  notifying.set(look());
}

export function notifyOf({
  room,
  from,
  text,
}: {
  readonly room: string;
  readonly from: string;
  readonly text: string;
}): void {
  if (isPageVisible() || notifying.value !== "on") return;
  const body = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  try {
    const notification = new Notification(`${from} in #${room}`, { body, tag: `fanfare ${room}` });
    notification.onclick = () => {
      window.focus();
      navigate(roomPath(room));
      notification.close();
    };
  } catch {
    // Some phones have them for installed apps alone.
    notifying.set("absent");
  }
}

function look(): Notifying {
  if (!("Notification" in globalThis) || !isSecureContext) return "absent";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && readStorage(KEY) === "on" ? "on" : "off";
}
