import { Activity, type ReactNode } from "react";
import { Shell, type ShellProps } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import type { Identity } from "./identity.ts";
import { SignIn } from "./sign-in.tsx";

export interface AuthGateProps {
  readonly page: ShellProps["page"];
  readonly identity: Identity;
  /** What waits to be sent for the user who was signed in: "2 messages". */
  readonly waiting?: string | undefined;
  /** The page of the user who is or was signed in; null if there was none. */
  readonly children: ReactNode;
}

/**
 * Shows a page to users whom the server admits. For others the sign-in form takes its place, and the hidden page keeps
 * what its user wrote.
 */
export function AuthGate({ page, identity, waiting, children }: AuthGateProps) {
  const { status } = useStore(identity.auth);
  const isOut = status === "out";
  return (
    <>
      {isOut && (
        <Shell page={page}>
          <SignIn identity={identity} waiting={waiting} keepsPage={identity.wasSignedIn} />
        </Shell>
      )}
      <Activity mode={isOut ? "hidden" : "visible"}>{children}</Activity>
    </>
  );
}
