import { useConnection, useFanfare, useOutbox } from "@fanfare/client/react";
import { Banner, BannerDetail, Button, Status, useSecondsUntil } from "../design/index.ts";

export function ConnectionStatus() {
  const state = useConnection();
  switch (state.status) {
    case "online":
      return (
        <Status tone="positive">
          Online<span className="max-md:sr-only"> as {state.user.slice(0, 24)}</span>
        </Status>
      );
    case "idle":
    case "connecting":
      return (
        <Status tone="caution" busy>
          Connecting
        </Status>
      );
    case "offline":
      return (
        <Status tone="caution" busy>
          Offline
        </Status>
      );
    case "closed":
      return <Status tone="danger">Closed</Status>;
  }
}

/** Shows what a broken connection means. Nothing while it is online. */
export function ConnectionBanner() {
  const client = useFanfare();
  const state = useConnection();
  const { pending } = useOutbox();
  const waits =
    pending === 0 ? "" : ` ${pending === 1 ? "1 message is" : `${pending} messages are`} waiting to be sent.`;
  if (state.status === "closed") {
    const again = () => {
      client.connect().catch(() => {});
    };
    return (
      <Banner
        tone="danger"
        action={
          <Button size="sm" onClick={again}>
            Connect again
          </Button>
        }
      >
        The server closed the connection: {state.reason.message}.{waits}
      </Banner>
    );
  }
  if (state.status !== "offline" && (state.status !== "connecting" || state.attempt === 0)) return null;
  return (
    <Banner tone="caution">
      The server can't be reached. Rooms resume when it is back.{waits}
      {state.status === "offline" && <Countdown until={state.retryAt} />}
    </Banner>
  );
}

function Countdown({ until }: { readonly until: number }) {
  const seconds = useSecondsUntil(until);
  return <BannerDetail>{seconds === 0 ? "Reconnecting…" : `Reconnecting in ${seconds} s.`}</BannerDetail>;
}
