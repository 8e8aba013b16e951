import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { ScrollRegion, TextField } from "../design/index.ts";
import { EMOJI_GROUPS, type EmojiGroup, findEmoji } from "./emoji.ts";

const COLUMNS = 8;

export interface EmojiPickerProps {
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
}

/** The emoji by group, with a search. Arrow keys move through them. */
export function EmojiPickerPopup({ onPick, onClose }: EmojiPickerProps) {
  const [wanted, setWanted] = useState("");
  const popup = useRef<HTMLDivElement>(null);
  const groups: readonly EmojiGroup[] =
    wanted.trim() === "" ? EMOJI_GROUPS : [{ title: "Found", emoji: findEmoji(wanted.trim()) }];
  const [first] = groups.flatMap(({ emoji }) => emoji);

  useEffect(() => {
    const closeOutside = ({ target }: PointerEvent) => {
      if (target instanceof Node && popup.current?.contains(target) === false) onClose();
    };
    addEventListener("pointerdown", closeOutside);
    return () => removeEventListener("pointerdown", closeOutside);
  }, [onClose]);

  const onKeyDown = (event: KeyboardEvent) => {
    const { key, target } = event;
    if (key === "Escape") onClose();
    else if (key === "Enter" && target instanceof HTMLInputElement) {
      if (first !== undefined) onPick(first.emoji);
    } else {
      const step = STEPS[key];
      const isMoving = step !== undefined && (!(target instanceof HTMLInputElement) || key === "ArrowDown");
      if (!isMoving || popup.current === null) return;
      const all = [...popup.current.querySelectorAll<HTMLButtonElement>("[data-emoji]")];
      const now = target instanceof HTMLButtonElement ? all.indexOf(target) : -1;
      const next = now < 0 ? 0 : now + step;
      if (next < 0) popup.current.querySelector("input")?.focus();
      else all[Math.min(next, all.length - 1)]?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={popup}
      role="dialog"
      aria-label="Emoji"
      onKeyDown={onKeyDown}
      className="absolute right-5 bottom-full z-10 mb-1 flex h-80 w-80 flex-col gap-2 rounded-lg border border-line bg-surface p-2 shadow-popup max-md:right-2 max-md:w-[calc(100vw-1rem)]"
    >
      <div className="shrink-0">
        <TextField
          label="Search emoji"
          labelHidden
          placeholder="Search emoji"
          value={wanted}
          onValue={setWanted}
          autoFocus
        />
      </div>
      <ScrollRegion label="Emoji to choose from" className="min-h-0 flex-1">
        {groups.map(({ title, emoji }) => (
          <section key={title} aria-label={title}>
            <h2 className="px-1 pt-1 pb-0.5 text-xs font-medium text-muted">{title}</h2>
            {emoji.length === 0 && (
              <p className="px-1 py-4 text-center text-sm text-muted">No emoji found.</p>
            )}
            <div className="grid grid-cols-8">
              {emoji.map(({ emoji: each, names }) => (
                <button
                  key={each}
                  type="button"
                  data-emoji=""
                  tabIndex={each === first?.emoji ? 0 : -1}
                  aria-label={names.join(", ").replaceAll("_", " ")}
                  title={`:${names[0]}:`}
                  className="flex h-9 items-center justify-center rounded-md text-xl hover:bg-hover focus-visible:-outline-offset-2"
                  onClick={() => onPick(each)}
                >
                  {each}
                </button>
              ))}
            </div>
          </section>
        ))}
      </ScrollRegion>
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: COLUMNS,
  ArrowUp: -COLUMNS,
};
