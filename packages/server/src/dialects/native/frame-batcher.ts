import type { ClientSocket } from "../../hub/ports.ts";

/**
 * Joins encoded elements into frames: one alone as it is, several as an array.
 * @param frameOut bytes that a frame of several has at most
 */
export function batchFrames(elements: readonly string[], frameOut: number): string[] {
  const frames: string[] = [];
  let from = 0;
  /** Bytes of the frame so far: a bracket, and each element with what follows it, a comma or a bracket. */
  let size = 1;
  for (let i = 0; i < elements.length; i++) {
    const bytes = Buffer.byteLength(elements[i] ?? "") + 1;
    if (i > from && size + bytes > frameOut) {
      frames.push(frame(elements, from, i));
      from = i;
      size = 1;
    }
    size += bytes;
  }
  if (from < elements.length) frames.push(frame(elements, from, elements.length));
  return frames;
}

function frame(elements: readonly string[], from: number, to: number): string {
  const single = elements[from];
  return to - from === 1 && single !== undefined ? single : `[${elements.slice(from, to).join(",")}]`;
}

/** Gathers what goes to one client alone over a turn, and sends it as one batch. */
export class FrameBatcher {
  /** Left out while nothing waits: there are as many batchers as clients, and most are idle. */
  #waiting: string[] | undefined;

  constructor(
    private readonly socket: ClientSocket,
    private readonly frameOut: number,
  ) {}

  push(element: string): void {
    this.#waiting ??= [];
    this.#waiting.push(element);
  }

  readonly flush = (): void => {
    const elements = this.#waiting;
    if (elements === undefined) return;
    this.#waiting = undefined;
    for (const each of batchFrames(elements, this.frameOut)) this.socket.send(each);
  };
}
