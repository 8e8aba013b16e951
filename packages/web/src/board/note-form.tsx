import { Send } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button, charactersOf, TextArea, TextField } from "../design/index.ts";
import { readStorage, writeStorage } from "../state/local-storage.ts";
import type { BoardConnection, BoardView } from "./board-connection.ts";
import type { Note } from "./note.ts";

/** Characters. Even if each is written as an escape, a note fits into a frame (64 KiB). */
const LONGEST = 4_000;
const LONGEST_NAME = 64;
const NAME_KEY = "board.name";

export interface NoteFormProps {
  readonly board: BoardConnection;
  readonly view: BoardView;
  /** Differs between users, each of whom has a draft. */
  readonly userKey: string;
}

/**
 * Posts a note. The dialect has no acknowledgements, but the server sends each stored note to everyone. The text stays in
 * the field until the note comes back.
 */
export function NoteForm({ board, view, userKey }: NoteFormProps) {
  const draftKey = `board.draft.${userKey}`;
  const [from, setFrom] = useState(() => readStorage(NAME_KEY) ?? "");
  const [message, setMessage] = useState(() => readStorage(draftKey) ?? "");
  const [error, setError] = useState<string>();
  const sent = useRef<{ readonly fields: Fields; readonly count: number }>(undefined);
  const [isSending, setSending] = useState(false);
  const { state, notes, count } = view;
  useEffect(() => void writeStorage(draftKey, message === "" ? undefined : message), [draftKey, message]);
  const isOnline = state.status === "online";

  useEffect(() => {
    const pending = sent.current;
    if (pending === undefined) return;
    const own = notes.slice(pending.count, count).some((note) => isSame(note, pending.fields));
    if (own) {
      sent.current = undefined;
      setSending(false);
      setError(undefined);
      setMessage((now) => (now.trim() === pending.fields.message ? "" : now));
    } else if (!isOnline) {
      setSending(false);
      setError(
        state.status === "refused"
          ? `The board refused the note: ${state.reason}`
          : "The connection was lost before this was posted. Check whether it is on the board before you post it again.",
      );
    }
  }, [notes, count, isOnline, state]);

  const post = () => {
    const fields: Fields = { message: message.trim(), ...(from.trim() && { from: from.trim() }) };
    if (fields.message === "") {
      setError("Write something first.");
      return;
    }
    if (charactersOf(fields.message) > LONGEST || charactersOf(from) > LONGEST_NAME) return;
    if (!board.send(fields)) {
      setError("Not connected. Connect, or wait until the connection is back.");
      return;
    }
    writeStorage(NAME_KEY, from.trim());
    sent.current = { fields, count };
    setSending(true);
    setError(undefined);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isSending) post();
  };
  const submitByKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    submit(event);
  };
  return (
    <form onSubmit={submit} className="mx-auto flex w-full max-w-3xl flex-col gap-3 px-5 py-4 max-md:px-4">
      <div className="grid grid-cols-[1fr_10rem_auto] items-start gap-2 max-md:grid-cols-[1fr_auto]">
        <TextArea
          label="Note"
          labelHidden
          placeholder="Write a note"
          value={message}
          limit={LONGEST}
          error={error}
          readOnly={isSending}
          onKeyDown={submitByKey}
          onValue={(value) => {
            setMessage(value);
            setError(undefined);
          }}
        />
        <div className="max-md:order-last max-md:col-span-2">
          <TextField
            label="Your name"
            labelHidden
            placeholder="Your name"
            autoComplete="nickname"
            value={from}
            limit={LONGEST_NAME}
            onValue={setFrom}
          />
        </div>
        <Button
          type="submit"
          variant="primary"
          icon={Send}
          aria-disabled={isSending}
          className="max-md:px-2.5"
        >
          <span className="max-md:sr-only">{isSending ? "Sending…" : "Post"}</span>
        </Button>
      </div>
    </form>
  );
}

interface Fields extends Readonly<Record<string, string>> {
  readonly message: string;
}

function isSame(note: Note, { message, from }: Fields): boolean {
  return note.message === message && note.from === from;
}
