import { FanfareProvider } from "@fanfare/client/react";
import { AuthGate } from "../identity/auth-gate.tsx";
import type { Identity } from "../identity/identity.ts";
import type { UserClient } from "../identity/user-client.ts";
import { useStore } from "../state/store.ts";
import { Console, type ConsoleProps } from "./console.tsx";

export interface PageProps {
  readonly identity: Identity;
  readonly consoles: UserClient<Omit<ConsoleProps, "identity" | "userKey">>;
}

/** The console of the current user. */
export function Page({ identity, consoles }: PageProps) {
  const current = useStore(consoles.current);
  const userKey = `${current?.user.kind} ${current?.user.name}`;
  return (
    <AuthGate page="console" identity={identity}>
      {current === undefined ? null : (
        <FanfareProvider client={current.client}>
          <Console key={userKey} userKey={userKey} identity={identity} {...current.app} />
        </FanfareProvider>
      )}
    </AuthGate>
  );
}
