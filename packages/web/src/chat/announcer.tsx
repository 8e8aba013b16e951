import { useEffect, useRef, useState } from "react";
import { type ChatItem, saidIn } from "./chat-item.ts";

/** Ms in which what comes is told together. */
const TOGETHER = 1_000;

/** Tells screen readers what others say while one reads along; where much comes at once, how much. */
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
  const told = useRef<number>(undefined);
  const last = items.findLast((item) => item.kind === "message");
  const newest = last?.kind === "message" ? last.message.offset : 0;
  useEffect(() => {
    if (!isOn || told.current === undefined) {
      told.current = newest;
      return;
    }
    const timer = setTimeout(() => {
      const from = told.current ?? 0;
      told.current = newest;
      const said = last && saidIn(last, user);
      if (newest <= from || said === undefined || said.from === user) return;
      setWords(newest - from > 3 ? `${newest - from} new messages` : `${said.from}: ${said.text ?? ""}`);
    }, TOGETHER);
    return () => clearTimeout(timer);
  }, [newest, isOn, last, user]);
  return (
    <p role="status" className="sr-only">
      {words}
    </p>
  );
}
