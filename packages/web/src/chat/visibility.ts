import { useSyncExternalStore } from "react";

/** Whether somebody can see the page. */
export function useIsVisible(): boolean {
  return useSyncExternalStore(subscribe, isVisible);
}

export function isVisible(): boolean {
  return document.visibilityState === "visible";
}

function subscribe(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}
