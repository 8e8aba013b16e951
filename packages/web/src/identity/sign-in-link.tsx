import { LogIn } from "lucide-react";
import type { MouseEvent } from "react";
import { useStore } from "../state/store.ts";
import type { Identity, Standing } from "./identity.ts";

export interface SignInLinkProps {
  /** Of the login. */
  readonly address: string;
  readonly isPrimary?: boolean;
  /** The page stays as it is. */
  readonly inNewTab?: boolean;
}

/** To the login, which is told where to come back to; for a guest as well. */
export function SignInLink({ address, isPrimary = false, inNewTab = false }: SignInLinkProps) {
  const look = isPrimary
    ? "h-8 bg-accent px-3 text-on-accent hover:bg-accent-hover max-md:h-10"
    : "h-7 border border-line bg-surface px-2.5 text-sm text-ink hover:bg-hover max-md:h-10";
  // Where one is may change without this being drawn again.
  const aim = ({ currentTarget }: MouseEvent<HTMLAnchorElement>) => {
    currentTarget.href = returningHere(address);
  };
  return (
    <a
      href={returningHere(address)}
      onClick={aim}
      onAuxClick={aim}
      {...(inNewTab && { target: "_blank", rel: "noopener" })}
      className={`inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap no-underline transition-colors ${look}`}
    >
      <LogIn aria-hidden className="size-4 shrink-0" />
      Sign in
      {inNewTab && <span className="sr-only"> in a new tab</span>}
    </a>
  );
}

/** The login's address with `return`: the path of this page, and no other host's ever (docs/security.md). */
function returningHere(address: string): string {
  const url = new URL(address);
  url.searchParams.set("return", location.pathname + location.search);
  return url.href;
}

/** For a page's header: a guest may still sign in. */
export function GuestSignIn({ identity }: { readonly identity: Identity }) {
  const address = signInOf(useStore(identity.standing));
  return address === undefined ? null : <SignInLink address={address} />;
}

/** Where a guest can sign in. */
export function signInOf(standing: Standing): string | undefined {
  return standing.status === "in" && standing.who.kind === "guest" ? standing.who.signIn : undefined;
}
