import { FanfareProvider } from "@fanfare/client/react";
import type { ByIdentity } from "../identity/by-identity.ts";
import { Gate } from "../identity/gate.tsx";
import type { Identity } from "../identity/identity.ts";
import { useStore } from "../state/store.ts";
import { Console, type ConsoleProps } from "./console.tsx";

export interface PageProps {
  readonly identity: Identity;
  readonly consoles: ByIdentity<Omit<ConsoleProps, "identity">>;
}

/** The console of whoever one is here. */
export function Page({ identity, consoles }: PageProps) {
  const present = useStore(consoles.present);
  return (
    <Gate page="console" identity={identity}>
      {present === undefined ? null : (
        <FanfareProvider client={present.client}>
          <Console key={`${present.who.kind} ${present.who.name}`} identity={identity} {...present.app} />
        </FanfareProvider>
      )}
    </Gate>
  );
}
