import { Store } from "../state/store.ts";

/** Places of a room's list that may have such a line; older ones go first. */
const MOST_LINES = 50;
const MOST_NAMED = 3;

interface Passing {
  readonly joined: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
}

/** Who came and went, one line for each place between two messages, however many they are. Kept nowhere. */
export class PresenceLines {
  /** Under the key of the item that stands before it. */
  readonly lines = new Store<ReadonlyMap<string, string>>(new Map());
  readonly #passings = new Map<string, Passing>();

  took(place: string, joins: readonly string[], leaves: readonly string[]): void {
    const before = this.#passings.get(place);
    const joined = new Set(before?.joined);
    const left = new Set(before?.left);
    for (const name of joins) if (!left.delete(name)) joined.add(name);
    for (const name of leaves) if (!joined.delete(name)) left.add(name);
    this.#passings.set(place, { joined, left });
    const [oldest] = this.#passings.keys();
    if (this.#passings.size > MOST_LINES && oldest !== undefined) this.#passings.delete(oldest);
    const told = [...this.#passings].map(([key, passing]) => [key, inWords(passing)] as const);
    this.lines.set(new Map(told.filter(([, words]) => words !== "")));
  }
}

function inWords({ joined, left }: Passing): string {
  return [
    ...(joined.size > 0 ? [`${listNames([...joined], MOST_NAMED)} joined`] : []),
    ...(left.size > 0 ? [`${listNames([...left], MOST_NAMED)} left`] : []),
  ].join(" · ");
}

/** `ada, bob and 3 others`; at most so many are named. */
export function listNames(names: readonly string[], most: number): string {
  const named = names.length > most ? names.slice(0, most - 1) : names;
  const others = names.length - named.length;
  const parts = others > 0 ? [...named, `${others} others`] : named;
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
