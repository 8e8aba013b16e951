import { usePresence } from "@fanfare/client/react";
import { useState } from "react";
import { Banner, Button } from "../design/index.ts";
import { useChatRoom } from "./chat-room.ts";

/** Ms by which the clocks of browser and server may differ. */
const SKEW = 5_000;

export interface NameClashProps {
  readonly room: string;
  readonly user: string;
  readonly nameChosenAt: number;
  readonly onRename: () => void;
}

/** Warns that another member had this name before the user chose it. The server allows that. */
export function NameClash({ room, user, nameChosenAt, onRename }: NameClashProps) {
  const { members } = usePresence(useChatRoom(room));
  const [isDismissed, setDismissed] = useState(false);
  const self = members?.find((member) => member.user === user);
  if (isDismissed || self === undefined || self.since > nameChosenAt - SKEW) return null;
  return (
    <Banner
      action={
        <span className="flex gap-1">
          <Button size="sm" onClick={onRename}>
            Change name
          </Button>
          <Button size="sm" variant="quiet" onClick={() => setDismissed(true)}>
            Keep it
          </Button>
        </span>
      }
    >
      Someone named {user} is already here. Is that you in another window? Names aren't verified.
    </Banner>
  );
}
