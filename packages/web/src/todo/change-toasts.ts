import type { ChangeType } from "@fanfare/todo/types";
import { notify } from "../design/toasts.ts";
import type { Change, Todo } from "./todo.ts";

/** Ms after a toast in which changes are collected into the next one. */
const TOGETHER = 600;
/** More changes than this at once are shown as a number. */
const EACH = 2;
const LONGEST = 80;

interface Item {
  readonly by: string;
  readonly text: string;
}

/** Shows changes of other users in a list as toasts. */
export class ChangeToasts {
  #items: Item[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPaused = false;

  /** Collects all changes into one toast, while the list catches up after a break. */
  pause(): void {
    this.#isPaused = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#flush("while you were offline");
  }

  /** @param before the to-do before the change, if known */
  add({ type, todo, by = "Someone" }: Change, before: Todo | undefined): void {
    this.#items.push({ by, text: `${by} ${describeChange(type, todo, before)}` });
    if (!this.#isPaused && this.#timer === undefined) this.#flush("just now");
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

function describeChange(type: ChangeType, todo: Todo, before: Todo | undefined): string {
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

/** The title in quotes; only its start if it is long. */
export function quoted(title: string): string {
  const characters = [...title];
  return `“${characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : title}”`;
}
