/** A page of a log on its way to a node. */
import type { Page, StoredMessage } from "../engine.ts";
import { FrameReader, FrameWriter } from "./frame.ts";

export function encodePage({ epoch, oldest, head, messages }: Page): string {
  const frame = new FrameWriter();
  frame.put(epoch, String(oldest), String(head));
  for (const message of messages) putMessage(frame, message);
  return frame.take();
}

export function decodePage(frame: string): Page {
  const reader = new FrameReader(frame);
  const [epoch, oldest, head] = [reader.ownText(), reader.number(), reader.number()];
  const messages: StoredMessage[] = [];
  while (!reader.done) messages.push(takeMessage(reader));
  return { epoch, oldest, head, messages };
}

export function putMessage(frame: FrameWriter, { offset, id, type, from, at, data }: StoredMessage): void {
  frame.put(String(offset), id, type, from, String(at), data);
}

export function takeMessage(frame: FrameReader): StoredMessage {
  return {
    offset: frame.number(),
    id: frame.text(),
    type: frame.text(),
    from: frame.text(),
    at: frame.number(),
    data: frame.text(),
  };
}
