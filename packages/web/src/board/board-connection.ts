import { backoffDelay } from "@fanfare/protocol";
import { Store } from "../state/store.ts";
import { type Note, readNote } from "./note.ts";

/** Times are those of `Date.now()`. */
export type BoardState =
  | { readonly status: "stopped" }
  | { readonly status: "connecting" }
  | { readonly status: "online" }
  | { readonly status: "waiting"; readonly retryAt: number }
  /** The server refuses the connection, and would refuse it again. */
  | { readonly status: "refused"; readonly reason: string };

export interface BoardView {
  readonly state: BoardState;
  /** Oldest first. The same array grows; `count` changes with it. */
  readonly notes: readonly Note[];
  readonly count: number;
  /** The board was reset during a break, so all notes were read again. */
  readonly wasReset: boolean;
}

/** Close codes after which a client does not reconnect (SPEC CLOSE-1). */
const FINAL = new Set([1007, 1008, 1009]);
const BACKOFF = { min: 500, max: 10_000 };
/** Notes that arrive within so many ms are drawn together. */
const TOGETHER = 30;

/**
 * A client of the plain board dialect over a bare WebSocket. Frames are JSON objects of strings. The server sends all notes
 * first, and sends each new note to everyone, its author included.
 *
 * Frames have no offset, so the client counts them. After a break it asks for the notes after the last but one. If the
 * first of them is not the last note that it has, the board was reset, and it reads all notes again.
 */
export class BoardConnection {
  #notes: Note[] = [];
  readonly view = new Store<BoardView>({
    state: { status: "stopped" },
    notes: this.#notes,
    count: 0,
    wasReset: false,
  });
  #lastFrame: string | undefined;
  #socket: WebSocket | undefined;
  #attempt = 0;
  /** Attempts since the last connection that opened. */
  #unopened = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #drawing: ReturnType<typeof setTimeout> | undefined;
  /** Whether the user may read older notes; if not, each connection begins with the notes that come from then on. */
  hasHistory = true;

  /** @param onLost called when a connection has ended, with the number of attempts that did not even open */
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

  /** Replaces the connection, if there is one, by another with the new cookie. */
  reconnect(): void {
    if (this.#socket === undefined) return;
    this.#drop();
    this.#connect();
  }

  /** Ends the connection for good. */
  refuse(reason: string): void {
    this.stop();
    this.#set({ status: "refused", reason });
  }

  /** Stops and drops all notes: another user looks at the board. */
  clear(): void {
    this.stop();
    this.#notes = [];
    this.#lastFrame = undefined;
    this.view.set({ ...this.view.value, notes: this.#notes, count: 0, wasReset: false });
  }

  /** @returns whether the note was sent; it is stored once it comes back */
  send(fields: Readonly<Record<string, string>>): boolean {
    if (this.view.value.state.status !== "online") return false;
    this.#socket?.send(JSON.stringify(fields));
    return true;
  }

  #connect(): void {
    this.#set({ status: "connecting" });
    const resumed = this.hasHistory && this.#notes.length > 0;
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
      if (expected === undefined) this.#append(frame);
      else if (frame === expected) expected = undefined;
      else this.#reload();
    };
    socket.onclose = ({ code, reason }) => {
      this.#socket = undefined;
      if (FINAL.has(code) || code >= 4500) this.#set({ status: "refused", reason: reason || `code ${code}` });
      else this.#wait();
      this.onLost(this.#unopened);
    };
  }

  #append(frame: string): void {
    const note = readNote(frame);
    if (note === undefined) return;
    this.#lastFrame = frame;
    this.#notes.push(note);
    this.#drawing ??= setTimeout(() => this.#set(this.view.value.state), TOGETHER);
  }

  #reload(): void {
    this.#drop();
    this.#notes = [];
    this.view.set({ ...this.view.value, notes: this.#notes, count: 0, wasReset: true });
    this.#connect();
  }

  #wait(): void {
    const delay = backoffDelay(BACKOFF, this.#attempt++);
    this.#retry = setTimeout(() => this.#connect(), delay);
    this.#set({ status: "waiting", retryAt: Date.now() + delay });
  }

  /** Closes the socket and ignores its events. */
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
