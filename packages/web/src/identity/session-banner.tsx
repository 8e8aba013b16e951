import { Banner, BannerDetail, useSecondsUntil } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import type { Identity } from "./identity.ts";
import { SignInLink } from "./sign-in-link.tsx";

/** Warns that the session is about to end, unless a later one has followed it. */
export function SessionBanner({ identity }: { readonly identity: Identity }) {
  const end = useStore(identity.expiry.expiringAt);
  const auth = useStore(identity.auth);
  if (end === undefined || auth.status === "out" || auth.user.kind !== "user") return null;
  const { signIn } = auth.user;
  return (
    <Banner tone="caution" action={signIn !== undefined && <SignInLink address={signIn} inNewTab />}>
      Your session ends soon. Sign in again{signIn === undefined && " where your account is"}, and this page
      stays as it is.
      <BannerDetail>
        <Countdown until={end} />
      </BannerDetail>
    </Banner>
  );
}

function Countdown({ until }: { readonly until: number }) {
  const seconds = useSecondsUntil(until);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left.`;
}
