import type { ReactNode } from "react";
import { Banner } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import type { Identity } from "./identity.ts";

export interface OriginBannerProps {
  readonly identity: Identity;
  /** Shown while the server does not refuse this page: how the connection stands. */
  readonly children?: ReactNode;
}

/** Says why the server refuses every connection of this page, and what to set. */
export function OriginBanner({ identity, children = null }: OriginBannerProps) {
  const refusal = useStore(identity.originCheck.refusal);
  if (refusal === undefined) return children;
  return <Banner tone="danger">The server refuses connections from this page. {refusal}</Banner>;
}
