import { FanfareProvider } from "@fanfare/client/react";
import { Shell } from "../design/index.ts";
import type { ByIdentity } from "../identity/by-identity.ts";
import type { Identity } from "../identity/identity.ts";
import { SignIn } from "../identity/sign-in.tsx";
import { useStore } from "../state/store.ts";
import { Console, type ConsoleProps } from "./console.tsx";

export interface PageProps {
  readonly identity: Identity;
  readonly consoles: ByIdentity<Omit<ConsoleProps, "identity">>;
}

/** The console of whoever one is here. */
export function Page({ identity, consoles }: PageProps) {
  const { status } = useStore(identity.standing);
  const present = useStore(consoles.present);
  if (status === "out" || present === undefined) {
    return (
      <Shell page="console">
        <SignIn identity={identity} />
      </Shell>
    );
  }
  const { client, who, app } = present;
  return (
    <FanfareProvider client={client}>
      <Console key={`${who.kind} ${who.name}`} identity={identity} {...app} />
    </FanfareProvider>
  );
}
