import type { Room } from "@fanfare/client";
import { useTyping } from "@fanfare/client/react";
import { SendHorizontal, Smile } from "lucide-react";
import {
  type FormEvent,
  type KeyboardEvent,
  type Ref,
  Suspense,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Button, charactersOf, IconButton, TextArea } from "../design/index.ts";
import { EmojiPicker } from "./emoji-picker.tsx";
import { EmojiSuggestions, loadEmoji, useEmoji } from "./emoji-suggestions.tsx";
import { fitting, inParts, LONGEST_MESSAGE, MOST_PARTS } from "./long-text.ts";
import type { RoomRegistry } from "./room-registry.ts";
import { replaced, shortcodeAt } from "./shortcode.ts";

export interface ComposerHandle {
  focus(): void;
}

export interface ComposerProps {
  readonly room: Room;
  readonly name: string;
  readonly registry: RoomRegistry;
  /** The permissions are known. A message that is sent before the join comes back without being recognised as own. */
  readonly isReady: boolean;
  /** Whether typing is sent to the others. */
  readonly sendsTyping: boolean;
  readonly onSent: () => void;
  readonly onEscape: () => void;
  /** The user pressed Up in the empty field. */
  readonly onUp: () => void;
  readonly ref: Ref<ComposerHandle>;
}

/** Characters of a room's name that fit beside "Message" on a phone; the label has all of it. */
const BRIEF = 12;

function brief(name: string): string {
  const characters = [...name];
  return characters.length > BRIEF
    ? `${characters
        .slice(0, BRIEF - 1)
        .join("")
        .trimEnd()}…`
    : name;
}

const NO_FILES = "Pictures and files can't be sent here. Upload the file elsewhere and paste its link.";

/** The field for a new message. Its text is saved as a draft until it is sent. */
export function Composer({
  room,
  name,
  registry,
  isReady,
  sendsTyping,
  onSent,
  onEscape,
  onUp,
  ref,
}: ComposerProps) {
  const { setTyping } = useTyping(room);
  const [text, setText] = useState(() => registry.draft(name));
  const [caret, setCaret] = useState<number>();
  const [note, setNote] = useState<string>();
  const [isPicking, setPicking] = useState(false);
  const [chosen, setChosen] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  const emoji = useEmoji();
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus() }));

  const shortcode = caret === undefined ? undefined : shortcodeAt(text, caret);
  const isAsking = shortcode !== undefined;
  useEffect(() => {
    if (isAsking) void loadEmoji();
  }, [isAsking]);
  const found = shortcode && !shortcode.closed ? (emoji?.findEmoji(shortcode.name, 6) ?? []) : [];

  // React moves the caret to the end when it changes the text; it belongs behind the inserted text.
  const nextCaret = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (nextCaret.current === undefined) return;
    field.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = undefined;
  });

  const change = (next: string, at = field.current?.selectionStart ?? next.length) => {
    const closed = shortcodeAt(next, at);
    const named = closed?.closed ? emoji?.emojiNamed(closed.name) : undefined;
    if (closed !== undefined && named !== undefined) {
      insert(named, closed, next);
      return;
    }
    const { text: fitted, isCut } = fitting(next);
    setText(fitted);
    setCaret(at);
    setChosen(0);
    setNote(
      isCut
        ? `Only the first ${(LONGEST_MESSAGE * MOST_PARTS).toLocaleString()} characters were kept.`
        : undefined,
    );
    registry.saveDraft(name, fitted);
    if (sendsTyping) setTyping(fitted !== "");
  };
  const insert = (emojiText: string, at: { readonly begin: number; readonly end: number }, into = text) => {
    const next = replaced(into, at, emojiText);
    nextCaret.current = at.begin + emojiText.length;
    change(next, nextCaret.current);
  };
  const pick = (emojiText: string) => {
    const { selectionStart: begin = text.length, selectionEnd: end = text.length } = field.current ?? {};
    insert(emojiText, { begin, end });
    setPicking(false);
    field.current?.focus();
  };
  // A file that is dropped anywhere would otherwise take the place of the page.
  useEffect(() => {
    const takeFiles = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files") !== true) return;
      event.preventDefault();
      if (event.type === "drop") setNote(NO_FILES);
    };
    addEventListener("dragover", takeFiles);
    addEventListener("drop", takeFiles);
    return () => {
      removeEventListener("dragover", takeFiles);
      removeEventListener("drop", takeFiles);
    };
  }, []);
  const parts = inParts(text.toWellFormed());
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (parts.length === 0 || !isReady) return;
    if (parts.length > 1) {
      setNote("This is too long for one message.");
      return;
    }
    sendAll();
  };
  const sendAll = () => {
    for (const part of parts) void room.publish("chat", { text: part });
    change("");
    setTyping(false);
    onSent();
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { key, shiftKey, nativeEvent } = event;
    if (nativeEvent.isComposing) return;
    const suggestion = found[chosen];
    if (suggestion !== undefined && shortcode !== undefined) {
      if (key === "Enter" || key === "Tab") insert(suggestion.emoji, shortcode);
      else if (key === "ArrowDown") setChosen((chosen + 1) % found.length);
      else if (key === "ArrowUp") setChosen((chosen + found.length - 1) % found.length);
      else if (key === "Escape") setCaret(undefined);
      else return;
    } else if (key === "Enter" && !shiftKey) send();
    else if (key === "Escape") onEscape();
    else if (key === "ArrowUp" && text === "") onUp();
    else return;
    event.preventDefault();
  };

  const isSuggesting = found.length > 0;
  const suggestionsId = `suggestions-${name}`;
  return (
    <form onSubmit={send} className="relative shrink-0 px-5 pb-4 max-md:px-2 max-md:pb-2">
      {isSuggesting && (
        <EmojiSuggestions
          id={suggestionsId}
          found={found}
          chosen={chosen}
          onPick={(each) => shortcode && insert(each, shortcode)}
        />
      )}
      {isPicking && (
        <Suspense>
          <EmojiPicker
            onPick={pick}
            onClose={() => {
              setPicking(false);
              field.current?.focus();
            }}
          />
        </Suspense>
      )}
      <div className="flex items-start gap-2">
        <TextArea
          ref={field}
          label={`Message to #${name}`}
          labelHidden
          placeholder={`Message #${brief(name)}`}
          value={text}
          readOnly={!isReady}
          limit={LONGEST_MESSAGE}
          used={charactersOf(text)}
          error={note}
          onValue={(value) => change(value)}
          onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
          onBlur={() => setCaret(undefined)}
          onPaste={({ clipboardData }) => {
            if (clipboardData.files.length > 0 && clipboardData.getData("text/plain") === "")
              setNote(NO_FILES);
          }}
          onKeyDown={onKeyDown}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          {...(isSuggesting && {
            "aria-controls": suggestionsId,
            "aria-activedescendant": `${suggestionsId}-${chosen}`,
          })}
          className="max-h-48 placeholder:whitespace-nowrap"
          autoFocus={matchMedia("(hover: hover)").matches}
        />
        <IconButton
          icon={Smile}
          label="Emoji"
          aria-expanded={isPicking}
          onClick={() => setPicking(!isPicking)}
        />
        <IconButton
          type="submit"
          icon={SendHorizontal}
          label="Send"
          shortcut="Enter"
          variant={text.trim() === "" ? "quiet" : "primary"}
          aria-disabled={parts.length !== 1}
        />
      </div>
      {parts.length > 1 && (
        <div className="flex justify-end gap-2 pt-2">
          <Button size="sm" onClick={sendAll}>
            Send as {parts.length} messages
          </Button>
        </div>
      )}
    </form>
  );
}
