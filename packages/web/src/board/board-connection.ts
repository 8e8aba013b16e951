import { backoffDelay } from "@fanfare/protocol";
import { Store } from "../state/store.ts";
import { type Note, readNote } from "./note.ts";

/** How the connection stands. Times are those of `Date.now()`. */
export type BoardState =
  | { readonly status: "stopped" }
  | { readonly status: "connecting" }
  | { readonly status: "online" }
  | { readonly status: "waiting"; readonly retryAt: number }
  /** The board will not have us until something changes, and says why. */
  | { readonly status: "refused"; readonly reason: string };

export interface BoardView {
  readonly state: BoardState;
  /** In the order in which they were put up. The same array grows: `count` tells. */
  readonly notes: readonly Note[];
  readonly count: number;
  /** The board was another one after a break, so all of it was read anew. */
  readonly begunAnew: boolean;
}

/** Close codes that say: not before something has changed (SPEC CLOSE-1). */
const FINAL = new Set([1007, 1008, 1009]);
const BACKOFF = { min: 500, max: 10_000 };
/** Notes that come within so many ms are drawn together. */
const TOGETHER = 30;

/**
 * Speaks the plain board dialect, with nothing but a WebSocket: frames are JSON objects of strings, all that is on
 * the board comes first, and what one sends comes back when it is up.
 *
 * A frame does not say its offset. Whoever reads from the beginning can count; after a break this asks for what comes
 * after the last note but one, and goes on only if that last note comes again. If not, it begins anew.
 */
export class BoardConnection {
  #notes: Note[] = [];
  readonly view = new Store<BoardView>({
    state: { status: "stopped" },
    notes: this.#notes,
    count: 0,
    begunAnew: false,
  });
  #lastFrame: string | undefined;
  #socket: WebSocket | undefined;
  #attempt = 0;
  /** Connections since the last one that was opened. */
  #unopened = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #drawing: ReturnType<typeof setTimeout> | undefined;
  /** Whether what was put up before may be read: else each connection begins with what comes from then on. */
  hasPast = true;

  /** @param onLost told of each connection that has ended, and how many before it were not even opened */
  constructor(
    private readonly address: string,
    private readonly onLost: (unopened: number) => void = () => {},
  ) {}

  start(): void {
    if (this.#socket !== undefined) return;
    clearTimeout(this.#retry);
    this.#attempt = 0;
    this.#unopened = 0;
    this.#connect();
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#drop();
    this.#set({ status: "stopped" });
  }

  /** On another connection, if there is one: what this one came with is out of date. */
  reconnect(): void {
    if (this.#socket === undefined) return;
    this.#drop();
    this.#connect();
  }

  /** It is no use to go on. */
  refuse(reason: string): void {
    this.stop();
    this.#set({ status: "refused", reason });
  }

  /** Stops, and knows of no notes any more: somebody else looks at it now. */
  forget(): void {
    this.stop();
    this.#notes = [];
    this.#lastFrame = undefined;
    this.view.set({ ...this.view.value, notes: this.#notes, count: 0, begunAnew: false });
  }

  /** @returns whether there is a connection that took it; only its note on the board says that it is up. */
  send(fields: Readonly<Record<string, string>>): boolean {
    if (this.view.value.state.status !== "online") return false;
    this.#socket?.send(JSON.stringify(fields));
    return true;
  }

  #connect(): void {
    this.#set({ status: "connecting" });
    const resumed = this.hasPast && this.#notes.length > 0;
    const address = resumed ? `${this.address}?after=${this.#notes.length - 1}` : this.address;
    const socket = new WebSocket(address);
    this.#socket = socket;
    let expected = resumed ? this.#lastFrame : undefined;
    this.#unopened += 1;
    socket.onopen = () => {
      this.#attempt = 0;
      this.#unopened = 0;
      this.#set({ status: "online" });
    };
    socket.onmessage = ({ data }) => {
      const frame = String(data);
      if (expected === undefined) this.#take(frame);
      else if (frame === expected) expected = undefined;
      else this.#beginAnew();
    };
    socket.onclose = ({ code, reason }) => {
      this.#socket = undefined;
      if (FINAL.has(code) || code >= 4500) this.#set({ status: "refused", reason: reason || `code ${code}` });
      else this.#wait();
      this.onLost(this.#unopened);
    };
  }

  #take(frame: string): void {
    const note = readNote(frame);
    if (note === undefined) return;
    this.#lastFrame = frame;
    this.#notes.push(note);
    this.#drawing ??= setTimeout(() => this.#set(this.view.value.state), TOGETHER);
  }

  #beginAnew(): void {
    this.#drop();
    this.#notes = [];
    this.view.set({ ...this.view.value, notes: this.#notes, count: 0, begunAnew: true });
    this.#connect();
  }

  #wait(): void {
    const delay = backoffDelay(BACKOFF, this.#attempt++);
    this.#retry = setTimeout(() => this.#connect(), delay);
    this.#set({ status: "waiting", retryAt: Date.now() + delay });
  }

  /** Without a word from the socket any more. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #set(state: BoardState): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    this.view.set({ ...this.view.value, state, count: this.#notes.length });
  }
}
