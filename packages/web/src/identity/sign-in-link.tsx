import { LogIn } from "lucide-react";
import type { MouseEvent } from "react";
import { useStore } from "../state/store.ts";
import type { AuthState, Identity } from "./identity.ts";

export interface SignInLinkProps {
  /** The address of the login. */
  readonly address: string;
  readonly isPrimary?: boolean;
  /** This page stays open. */
  readonly inNewTab?: boolean;
}

/** A link to the login with the address to return to; guests may sign in, too. */
export function SignInLink({ address, isPrimary = false, inNewTab = false }: SignInLinkProps) {
  const look = isPrimary
    ? "h-8 bg-accent px-3 text-on-accent hover:bg-accent-hover max-md:h-10"
    : "h-7 border border-line bg-surface px-2.5 text-sm text-ink hover:bg-hover max-md:h-10";
  // The address may change without a new rendering of this link.
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

/** The login's address with `return`: the path of this page, never an address of another host (docs/security.md). */
function returningHere(address: string): string {
  const url = new URL(address);
  url.searchParams.set("return", location.pathname + location.search);
  return url.href;
}

/** The sign-in link of a guest, for a page's header. */
export function GuestSignIn({ identity }: { readonly identity: Identity }) {
  const address = signInOf(useStore(identity.auth));
  return address === undefined ? null : <SignInLink address={address} />;
}

/** Where a guest can sign in. */
export function signInOf(auth: AuthState): string | undefined {
  return auth.status === "in" && auth.user.kind === "guest" ? auth.user.signIn : undefined;
}
