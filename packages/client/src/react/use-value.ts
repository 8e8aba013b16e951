import { useSyncExternalStore } from "react";
import type { ConnectionState, OutboxState, Value } from "../index.ts";
import { useFanfare } from "./provider.ts";

/** The present value; the component renders again when it changes. */
export function useValue<T>(value: Value<T>): T {
  const read = () => value.value;
  return useSyncExternalStore(value.subscribe, read, read);
}

export function useConnection(): ConnectionState {
  return useValue(useFanfare().state);
}

export function useOutbox(): OutboxState {
  return useValue(useFanfare().outbox);
}
