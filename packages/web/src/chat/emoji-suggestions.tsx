import { classNames } from "../design/index.ts";
import { Store, useStore } from "../state/store.ts";
import type { Emoji } from "./emoji.ts";

type EmojiModule = typeof import("./emoji.ts");

const loaded = new Store<EmojiModule | undefined>(undefined);
let isLoading = false;

/** Fetches the emoji; called when the user begins a shortcode. */
export async function loadEmoji(): Promise<void> {
  if (isLoading || loaded.value !== undefined) return;
  isLoading = true;
  try {
    loaded.set(await import("./emoji.ts"));
  } catch {
    // The next shortcode tries again.
  } finally {
    isLoading = false;
  }
}

export function useEmoji(): EmojiModule | undefined {
  return useStore(loaded);
}

export interface EmojiSuggestionsProps {
  readonly id: string;
  readonly found: readonly Emoji[];
  /** The index that Enter inserts. */
  readonly chosen: number;
  readonly onPick: (emoji: string) => void;
}

/** The emoji that match the shortcode at the caret. The focus stays in the text. */
export function EmojiSuggestions({ id, found, chosen, onPick }: EmojiSuggestionsProps) {
  return (
    <div
      role="listbox"
      id={id}
      aria-label="Emoji"
      className="absolute bottom-full left-5 z-10 mb-1 flex w-60 flex-col rounded-lg border border-line bg-surface p-1 shadow-popup max-md:left-2"
    >
      {found.map(({ emoji, names: [name] }, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard chooses from within the text.
        <div
          key={emoji}
          role="option"
          tabIndex={-1}
          id={`${id}-${index}`}
          aria-selected={index === chosen}
          className={classNames(
            "flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 max-md:h-10",
            index === chosen && "bg-hover",
          )}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(emoji)}
        >
          <span aria-hidden className="w-6 text-center text-lg">
            {emoji}
          </span>
          <span className="truncate">:{name}:</span>
        </div>
      ))}
    </div>
  );
}
