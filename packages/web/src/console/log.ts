import { Store } from "../state/store.ts";
import { type Filter, filterOf, isFiltered, NO_FILTER } from "./filter.ts";
import type { Line, NewLine } from "./line.ts";

/** Lines, and characters of their data, that the log holds; it drops the oldest first. */
const MOST_LINES = 50_000;
const MOST_CHARACTERS = 32 * 1024 * 1024;
/** Rooms and types in the filters. */
const MOST_CHOICES = 200;
/** Lines that arrive within so many ms are drawn together. */
const TOGETHER = 30;

export interface LogView {
  /** The lines that match the filter, in order. The same array grows and shrinks; each change makes a new view. */
  readonly lines: readonly Line[];
  /** All lines in the log, with those that do not match. */
  readonly total: number;
  readonly isPaused: boolean;
  /** Lines since the log was paused. */
  readonly buffered: number;
  /** Whether the log was full and dropped its oldest lines. */
  readonly isCut: boolean;
  readonly filter: Filter;
  readonly rooms: readonly string[];
  readonly types: readonly string[];
}

/** The lines in the order of their arrival, up to a bound. While the log is paused new lines are buffered. */
export class Log {
  #lines: Line[] = [];
  #shown: Line[] = this.#lines;
  #buffered: NewLine[] = [];
  #bufferedCount = 0;
  #isPaused = false;
  #isCut = false;
  #first = 0;
  #next = 1;
  #characters = 0;
  #bufferedCharacters = 0;
  #filter = NO_FILTER;
  #passes = filterOf(NO_FILTER);
  readonly #rooms = new Set<string>();
  readonly #types = new Set<string>();
  readonly #counts = new Map<string, number>();
  #drawing: ReturnType<typeof setTimeout> | undefined;
  readonly view: Store<LogView>;

  constructor() {
    this.view = new Store(this.#currentView());
  }

  /** Events are added only while they are shown, since there may be many. */
  add(line: NewLine): void {
    if (line.kind === "event" && !this.#filter.events) return;
    if (line.kind !== "note") {
      const { subscription } = line;
      if (subscription !== undefined)
        this.#counts.set(subscription, (this.#counts.get(subscription) ?? 0) + 1);
    }
    if (this.#isPaused) this.#buffer(line);
    else this.#append(line);
    this.#drawSoon();
  }

  /** Puts older lines in front. */
  prepend(lines: readonly NewLine[]): void {
    this.#first -= lines.length;
    const older = lines.map((line, index) => ({ ...line, seq: this.#first + 1 + index }));
    for (const line of older) this.#count(line);
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
    const held = this.#buffered;
    this.#clearBuffer();
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
    this.#clearBuffer();
    this.filter(this.#filter);
  }

  filter(filter: Filter): void {
    this.#filter = filter;
    this.#passes = filterOf(filter);
    // Without a filter and with events on, all lines are shown.
    this.#shown = isFiltered(filter) || !filter.events ? this.#lines.filter(this.#passes) : this.#lines;
    this.#draw();
  }

  /** Messages and events that a room or a pattern has delivered. */
  countOf(subscription: string): number {
    return this.#counts.get(subscription) ?? 0;
  }

  #append(line: NewLine): void {
    const numbered: Line = { ...line, seq: this.#next++ };
    this.#lines.push(numbered);
    if (this.#shown !== this.#lines && this.#passes(numbered)) this.#shown.push(numbered);
    this.#count(numbered);
    // Many at once, since removing lines moves the whole list.
    if (this.#lines.length >= MOST_LINES + 1_000 || this.#characters > MOST_CHARACTERS) this.#trim();
  }

  #count(line: Line): void {
    if (this.#rooms.size < MOST_CHOICES) this.#rooms.add(line.room);
    if (line.kind === "note") return;
    this.#characters += line.json.length;
    if (this.#types.size < MOST_CHOICES) this.#types.add(line.type);
  }

  #buffer(line: NewLine): void {
    this.#buffered.push(line);
    this.#bufferedCount += 1;
    this.#bufferedCharacters += sizeOf(line);
    if (this.#buffered.length < MOST_LINES + 1_000 && this.#bufferedCharacters <= MOST_CHARACTERS) return;
    // The log could not hold these.
    const surplus = surplusOf(this.#buffered, this.#bufferedCharacters);
    for (const gone of this.#buffered.splice(0, surplus)) this.#bufferedCharacters -= sizeOf(gone);
    this.#isCut = true;
  }

  #clearBuffer(): void {
    this.#buffered = [];
    this.#bufferedCount = 0;
    this.#bufferedCharacters = 0;
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
    this.view.set(this.#currentView());
  }

  #currentView(): LogView {
    return {
      lines: this.#shown,
      total: this.#lines.length,
      isPaused: this.#isPaused,
      buffered: this.#bufferedCount,
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

/** @returns how many of the oldest lines to drop; a tenth of the space is freed at once when characters exceed the bound */
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
