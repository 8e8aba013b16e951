import type { ChangeType } from "@fanfare/todo/types";
import { notify } from "../design/toasts.ts";
import type { Change, Todo } from "./todo.ts";

/** Ms after a toast in which changes are gathered, so that many make one. */
const TOGETHER = 600;
/** More than so many together are counted, not told. */
const EACH = 2;
const LONGEST = 80;

interface Item {
  readonly by: string;
  readonly text: string;
}

/** Says as toasts what others have changed in a list. */
export class News {
  #items: Item[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #held = false;

  /** While it catches up after a break, everything is kept for one toast. */
  hold(): void {
    this.#held = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#flush("while you were offline");
  }

  /** @param before how it was as far as it was known */
  tell({ type, todo, by = "Someone" }: Change, before: Todo | undefined): void {
    this.#items.push({ by, text: `${by} ${whatBecame(type, todo, before)}` });
    if (!this.#held && this.#timer === undefined) this.#flush("just now");
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#items = [];
  }

  #flush(when: string): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const items = this.#items;
    this.#items = [];
    if (items.length === 0) return;
    if (items.length <= EACH) for (const { text } of items) notify({ title: text });
    else notify({ title: `${namesOf(items)} made ${items.length} changes ${when}` });
    this.#timer = setTimeout(() => this.#flush("just now"), TOGETHER);
  }
}

function whatBecame(type: ChangeType, todo: Todo, before: Todo | undefined): string {
  const title = quoted(todo.title);
  if (type === "todo.created") return `${todo.version === 1 ? "added" : "brought back"} ${title}`;
  if (type === "todo.deleted") return `deleted ${title}`;
  if (type === "todo.completed") return `completed ${title}`;
  if (before !== undefined && before.title !== todo.title)
    return `renamed ${quoted(before.title)} to ${title}`;
  if (before?.completed === true && !todo.completed) return `reopened ${title}`;
  return `changed ${title}`;
}

function namesOf(items: readonly Item[]): string {
  const names = [...new Set(items.map(({ by }) => by))];
  const [first = "Someone", second] = names;
  if (second === undefined) return first;
  return names.length === 2 ? `${first} and ${second}` : `${first} and ${names.length - 1} others`;
}

/** As it stands in a sentence; the start of it, where it is long. */
export function quoted(title: string): string {
  const characters = [...title];
  return `“${characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : title}”`;
}
