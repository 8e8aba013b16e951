import { Store } from "../state/store.ts";
import { type Filter, filterOf, isFiltered, NO_FILTER } from "./filter.ts";
import type { Line, NewLine } from "./line.ts";

/** Lines, and characters of their data, that are kept; the oldest go first. */
const MOST_LINES = 50_000;
const MOST_CHARACTERS = 32 * 1024 * 1024;
/** Rooms and types that are offered to choose from. */
const MOST_CHOICES = 200;
/** Lines that come within so many ms are drawn together. */
const TOGETHER = 30;

export interface LogView {
  /** What passes the filter, in order. The same array grows and shrinks; the view is another one each time. */
  readonly lines: readonly Line[];
  /** Lines in the log, whether they pass the filter or not. */
  readonly total: number;
  readonly isPaused: boolean;
  /** Lines that came since it was paused. */
  readonly held: number;
  /** Whether it was full once: its oldest lines are gone. */
  readonly isCut: boolean;
  readonly filter: Filter;
  readonly rooms: readonly string[];
  readonly types: readonly string[];
}

/** What came, in the order in which it came, bounded. While it is paused nothing moves, and what comes is held back. */
export class Log {
  #lines: Line[] = [];
  #shown: Line[] = this.#lines;
  #held: NewLine[] = [];
  #heldCount = 0;
  #isPaused = false;
  #isCut = false;
  #first = 0;
  #next = 1;
  #characters = 0;
  #heldCharacters = 0;
  #filter = NO_FILTER;
  #passes = filterOf(NO_FILTER);
  readonly #rooms = new Set<string>();
  readonly #types = new Set<string>();
  readonly #counts = new Map<string, number>();
  #drawing: ReturnType<typeof setTimeout> | undefined;
  readonly view: Store<LogView>;

  constructor() {
    this.view = new Store(this.#look());
  }

  /** Events are kept only while they are shown: there may be many. */
  add(line: NewLine): void {
    if (line.kind === "event" && !this.#filter.events) return;
    if (line.kind !== "note") {
      const { subscription } = line;
      if (subscription !== undefined)
        this.#counts.set(subscription, (this.#counts.get(subscription) ?? 0) + 1);
    }
    if (this.#isPaused) this.#hold(line);
    else this.#append(line);
    this.#drawSoon();
  }

  /** Puts older lines in front. */
  prepend(lines: readonly NewLine[]): void {
    this.#first -= lines.length;
    const older = lines.map((line, index) => ({ ...line, seq: this.#first + 1 + index }));
    for (const line of older) this.#notice(line);
    const isWhole = this.#shown === this.#lines;
    this.#lines = [...older, ...this.#lines];
    this.#shown = isWhole ? this.#lines : [...older.filter(this.#passes), ...this.#shown];
    this.#trim();
    this.#draw();
  }

  pause(): void {
    this.#isPaused = true;
    this.#draw();
  }

  resume(): void {
    this.#isPaused = false;
    const held = this.#held;
    this.#forgetHeld();
    for (const line of held) this.#append(line);
    this.#draw();
  }

  clear(): void {
    this.#lines = [];
    this.#shown = this.#lines;
    this.#isCut = false;
    this.#characters = 0;
    this.#rooms.clear();
    this.#types.clear();
    this.#counts.clear();
    this.#forgetHeld();
    this.filter(this.#filter);
  }

  filter(filter: Filter): void {
    this.#filter = filter;
    this.#passes = filterOf(filter);
    // With events on, or none there, everything is shown.
    this.#shown = isFiltered(filter) || !filter.events ? this.#lines.filter(this.#passes) : this.#lines;
    this.#draw();
  }

  /** Messages and events that were heard through a room or a pattern. */
  countOf(subscription: string): number {
    return this.#counts.get(subscription) ?? 0;
  }

  #append(line: NewLine): void {
    const numbered: Line = { ...line, seq: this.#next++ };
    this.#lines.push(numbered);
    if (this.#shown !== this.#lines && this.#passes(numbered)) this.#shown.push(numbered);
    this.#notice(numbered);
    // Not one by one: the list moves as a whole each time.
    if (this.#lines.length >= MOST_LINES + 1_000 || this.#characters > MOST_CHARACTERS) this.#trim();
  }

  #notice(line: Line): void {
    if (this.#rooms.size < MOST_CHOICES) this.#rooms.add(line.room);
    if (line.kind === "note") return;
    this.#characters += line.json.length;
    if (this.#types.size < MOST_CHOICES) this.#types.add(line.type);
  }

  #hold(line: NewLine): void {
    this.#held.push(line);
    this.#heldCount += 1;
    this.#heldCharacters += sizeOf(line);
    if (this.#held.length < MOST_LINES + 1_000 && this.#heldCharacters <= MOST_CHARACTERS) return;
    // The log would not have room for these.
    const surplus = surplusOf(this.#held, this.#heldCharacters);
    for (const gone of this.#held.splice(0, surplus)) this.#heldCharacters -= sizeOf(gone);
    this.#isCut = true;
  }

  #forgetHeld(): void {
    this.#held = [];
    this.#heldCount = 0;
    this.#heldCharacters = 0;
  }

  #trim(): void {
    const surplus = surplusOf(this.#lines, this.#characters);
    if (surplus === 0) return;
    this.#isCut = true;
    for (const gone of this.#lines.splice(0, surplus)) this.#characters -= sizeOf(gone);
    if (this.#shown === this.#lines) return;
    const oldest = this.#lines[0]?.seq ?? this.#next;
    const kept = this.#shown.findIndex(({ seq }) => seq >= oldest);
    this.#shown.splice(0, kept === -1 ? this.#shown.length : kept);
  }

  #drawSoon(): void {
    this.#drawing ??= setTimeout(() => this.#draw(), TOGETHER);
  }

  #draw(): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    this.#trim();
    this.view.set(this.#look());
  }

  #look(): LogView {
    return {
      lines: this.#shown,
      total: this.#lines.length,
      isPaused: this.#isPaused,
      held: this.#heldCount,
      isCut: this.#isCut,
      filter: this.#filter,
      rooms: [...this.#rooms],
      types: [...this.#types],
    };
  }
}

function sizeOf(line: NewLine): number {
  return line.kind === "note" ? 0 : line.json.length;
}

/** How many of the oldest lines have to go; a tenth of the room is made at once where it is about their size. */
function surplusOf(lines: readonly NewLine[], characters: number): number {
  let surplus = Math.max(0, lines.length - MOST_LINES);
  if (characters <= MOST_CHARACTERS) return surplus;
  let left = characters;
  for (let i = 0; i < lines.length && (i < surplus || left > MOST_CHARACTERS * 0.9); i++) {
    const line = lines[i];
    if (line !== undefined) left -= sizeOf(line);
    surplus = Math.max(surplus, i + 1);
  }
  return surplus;
}
