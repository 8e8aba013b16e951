import { classNames } from "./class-names.ts";

const HUES = 10;
const SIZES = { sm: "size-5 text-[0.625rem]", md: "size-7 text-xs", lg: "size-9 text-base" };

export interface AvatarProps {
  readonly name: string;
  readonly size?: keyof typeof SIZES;
}

/** The initials of a name on its colour. Screen readers skip it, since the name is beside it. */
export function Avatar({ name, size = "md" }: AvatarProps) {
  return (
    <span
      aria-hidden
      data-hue={hueOf(name)}
      className={classNames(
        "hue-ground hue-ink inline-flex shrink-0 items-center justify-center rounded-full font-semibold select-none",
        SIZES[size],
      )}
    >
      {initials(name)}
    </span>
  );
}

/** @returns the value of `data-hue` for a name; `hue-ink` uses it for text, `hue-ground` for backgrounds */
export function hueOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % HUES;
}

function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter(Boolean);
  const [first = "", last = ""] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return (firstCharacter(first) + firstCharacter(last)).toUpperCase();
}

function firstCharacter(word: string): string {
  const [segment] = new Intl.Segmenter().segment(word);
  return segment?.segment ?? "";
}
