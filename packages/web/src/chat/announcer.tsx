import { useEffect, useRef, useState } from "react";
import { type ChatItem, messageOf } from "./chat-message.ts";

/** Ms in which messages are announced together. */
const TOGETHER = 1_000;

/** Announces messages of others to screen readers while the user reads the end of the room; many at once as a number. */
export function Announcer({
  items,
  user,
  isOn,
}: {
  readonly items: readonly ChatItem[];
  readonly user: string;
  readonly isOn: boolean;
}) {
  const [words, setWords] = useState("");
  const lastAnnounced = useRef<number>(undefined);
  const last = items.findLast((item) => item.kind === "message");
  const newest = last?.kind === "message" ? last.message.offset : 0;
  useEffect(() => {
    if (!isOn || lastAnnounced.current === undefined) {
      lastAnnounced.current = newest;
      return;
    }
    const timer = setTimeout(() => {
      const from = lastAnnounced.current ?? 0;
      lastAnnounced.current = newest;
      const message = last && messageOf(last, user);
      if (newest <= from || message === undefined || message.from === user) return;
      setWords(
        newest - from > 3 ? `${newest - from} new messages` : `${message.from}: ${message.text ?? ""}`,
      );
    }, TOGETHER);
    return () => clearTimeout(timer);
  }, [newest, isOn, last, user]);
  return (
    <p role="status" className="sr-only">
      {words}
    </p>
  );
}
