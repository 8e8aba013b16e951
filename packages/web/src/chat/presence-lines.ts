import { Store } from "../state/store.ts";

/** Lines of a room; the oldest are dropped first. */
const MOST_LINES = 50;
const MOST_NAMED = 3;

interface PresenceChange {
  readonly joined: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
}

/** Joins and leaves as one line between two messages, however many there are. They are not stored. */
export class PresenceLines {
  /** By the key of the item before the line. */
  readonly lines = new Store<ReadonlyMap<string, string>>(new Map());
  readonly #changes = new Map<string, PresenceChange>();

  add(itemKey: string, joins: readonly string[], leaves: readonly string[]): void {
    const before = this.#changes.get(itemKey);
    const joined = new Set(before?.joined);
    const left = new Set(before?.left);
    for (const name of joins) if (!left.delete(name)) joined.add(name);
    for (const name of leaves) if (!joined.delete(name)) left.add(name);
    this.#changes.set(itemKey, { joined, left });
    const [oldest] = this.#changes.keys();
    if (this.#changes.size > MOST_LINES && oldest !== undefined) this.#changes.delete(oldest);
    const lines = [...this.#changes].map(([key, passing]) => [key, inWords(passing)] as const);
    this.lines.set(new Map(lines.filter(([, words]) => words !== "")));
  }
}

function inWords({ joined, left }: PresenceChange): string {
  return [
    ...(joined.size > 0 ? [`${listNames([...joined], MOST_NAMED)} joined`] : []),
    ...(left.size > 0 ? [`${listNames([...left], MOST_NAMED)} left`] : []),
  ].join(" · ");
}

/** `ada, bob and 3 others`. @param most names that are listed */
export function listNames(names: readonly string[], most: number): string {
  const named = names.length > most ? names.slice(0, most - 1) : names;
  const others = names.length - named.length;
  const parts = others > 0 ? [...named, `${others} others`] : named;
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
