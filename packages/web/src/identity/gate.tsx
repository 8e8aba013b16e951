import { Activity, type ReactNode } from "react";
import { Shell, type ShellProps } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import type { Identity } from "./identity.ts";
import { SignIn } from "./sign-in.tsx";

export interface GateProps {
  readonly page: ShellProps["page"];
  readonly identity: Identity;
  /** What waits to be sent for whoever was here: "2 messages". */
  readonly waiting?: string | undefined;
  /** The page of whoever is here, or was; null where nobody was. */
  readonly children: ReactNode;
}

/**
 * A page, for whoever is let in. While nobody is, the way in stands in its place, and the page behind it keeps what was
 * written there, for the same one to go on.
 */
export function Gate({ page, identity, waiting, children }: GateProps) {
  const { status } = useStore(identity.standing);
  const isOut = status === "out";
  return (
    <>
      {isOut && (
        <Shell page={page}>
          <SignIn identity={identity} waiting={waiting} keepsPage={identity.hasBeenIn} />
        </Shell>
      )}
      <Activity mode={isOut ? "hidden" : "visible"}>{children}</Activity>
    </>
  );
}
