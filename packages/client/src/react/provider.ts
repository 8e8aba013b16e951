import { createContext, createElement, type ReactNode, useContext } from "react";
import type { Fanfare } from "../index.ts";

const Context = createContext<Fanfare | undefined>(undefined);

/** Gives a client to the components below. The component that renders this makes the client and closes it. */
export function FanfareProvider({
  client,
  children,
}: {
  readonly client: Fanfare;
  readonly children?: ReactNode;
}) {
  return createElement(Context.Provider, { value: client }, children);
}

/** @throws {Error} outside a `FanfareProvider` */
export function useFanfare(): Fanfare {
  const client = useContext(Context);
  if (client === undefined) throw new Error("There is no FanfareProvider above this component.");
  return client;
}
