import { Banner, BannerDetail, useSecondsUntil } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import type { Identity } from "./identity.ts";
import { SignInLink } from "./sign-in-link.tsx";

/** Says that one's session is about to end, where no other one has followed it yet. */
export function SessionBanner({ identity }: { readonly identity: Identity }) {
  const end = useStore(identity.end.near);
  const standing = useStore(identity.standing);
  if (end === undefined || standing.status === "out" || standing.who.kind !== "user") return null;
  const { signIn } = standing.who;
  return (
    <Banner tone="caution" action={signIn !== undefined && <SignInLink address={signIn} inNewTab />}>
      Your session ends soon. Sign in again{signIn === undefined && " where you have your account"}, and this
      page goes on as it is.
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
