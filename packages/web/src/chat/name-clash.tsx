import { usePresence } from "@fanfare/client/react";
import { useState } from "react";
import { Banner, Button } from "../design/index.ts";
import { useChatRoom } from "./chat-room.ts";

/** Clocks differ by less than so many ms, it is hoped. */
const SKEW = 5_000;

export interface NameClashProps {
  readonly room: string;
  readonly user: string;
  readonly pickedAt: number;
  readonly onRename: () => void;
}

/** Says that somebody was there under this name before it was picked here. Nothing forbids that. */
export function NameClash({ room, user, pickedAt, onRename }: NameClashProps) {
  const { members } = usePresence(useChatRoom(room));
  const [isKnown, setKnown] = useState(false);
  const self = members?.find((member) => member.user === user);
  if (isKnown || self === undefined || self.since > pickedAt - SKEW) return null;
  return (
    <Banner
      action={
        <span className="flex gap-1">
          <Button size="sm" onClick={onRename}>
            Change name
          </Button>
          <Button size="sm" variant="quiet" onClick={() => setKnown(true)}>
            Keep it
          </Button>
        </span>
      }
    >
      Somebody is here as {user} already, perhaps you in another window. Guests may share names.
    </Banner>
  );
}
