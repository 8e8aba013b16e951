import { useEffect } from "react";
import { navigate } from "../state/address.ts";
import { roomPath } from "./address.ts";
import type { RoomSummary } from "./room-registry.ts";

/** Handles the keys that work wherever the focus is. */
export function useShortcuts(
  rooms: readonly RoomSummary[],
  current: string | undefined,
  ask: (what: "switcher" | "shortcuts") => void,
): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      if (event.defaultPrevented) return;
      if (key.toLowerCase() === "k" && (ctrlKey || metaKey) && !altKey) ask("switcher");
      else if (key === "?" && !isText(target)) ask("shortcuts");
      else if (altKey && (key === "ArrowUp" || key === "ArrowDown")) {
        const names = rooms.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b));
        const next = names.indexOf(current ?? "") + (key === "ArrowDown" ? 1 : -1);
        const name = names.at(next % names.length);
        if (name !== undefined) navigate(roomPath(name));
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [rooms, current, ask]);
}

function isText(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, textarea, [contenteditable]");
}
