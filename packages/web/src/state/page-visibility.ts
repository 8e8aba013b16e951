import { useSyncExternalStore } from "react";

export function usePageVisibility(): boolean {
  return useSyncExternalStore(subscribe, isPageVisible);
}

export function isPageVisible(): boolean {
  return document.visibilityState === "visible";
}

function subscribe(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}
