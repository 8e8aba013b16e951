import { navigate } from "../state/address.ts";
import { readStorage, writeStorage } from "../state/local-storage.ts";
import { isPageVisible } from "../state/page-visibility.ts";
import { Store } from "../state/store.ts";
import { roomPath } from "./address.ts";

const KEY = "chat.notify";
const LONGEST = 140;

/** `absent`: the browser has no notifications on this page (it needs https). `denied`: the user has blocked them. */
export type Notifying = "absent" | "denied" | "off" | "on";

/** Whether the browser notifies of messages while the page is hidden. Off until the user turns it on. */
export const notifying = new Store<Notifying>(currentState());

/** Browsers allow this only in the handler of a click. */
export async function setNotifying(isWanted: boolean): Promise<void> {
  if (isWanted && "Notification" in globalThis && Notification.permission === "default") {
    await Notification.requestPermission();
  }
  writeStorage(KEY, isWanted ? "on" : undefined);
  notifying.set(currentState());
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
    // Some phones allow them only to installed apps.
    notifying.set("absent");
  }
}

function currentState(): Notifying {
  if (!("Notification" in globalThis) || !isSecureContext) return "absent";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && readStorage(KEY) === "on" ? "on" : "off";
}
