import type { Json } from "@fanfare/client";
import { readStorageJson, writeStorage } from "../state/local-storage.ts";
import { readJson } from "./json-text.ts";
import { roomNameError, typeNameError } from "./room-name.ts";

/** The fields of the publish form. */
export interface Draft {
  readonly room: string;
  readonly type: string;
  readonly mode: "json" | "text";
  readonly text: string;
}

export interface DraftErrors {
  readonly room?: string | undefined;
  readonly type?: string | undefined;
  readonly text?: string | undefined;
}

export const EMPTY_DRAFT: Draft = { room: "", type: "note", mode: "json", text: '{ "hello": "world" }' };

/** Bytes of data that fit into a frame (64 KiB) with any room and type. */
export const MOST_BYTES = 65_000;

export type DataResult =
  | { readonly ok: true; readonly data: Json; readonly json: string }
  | { readonly ok: false; readonly error: string };

/** The data of a draft: its JSON, or its text as a JSON string. */
export function readDraft({ mode, text }: Draft): DataResult {
  if (mode === "text") return { ok: true, data: text, json: JSON.stringify(text) };
  const reading = readJson(text);
  if (!reading.ok)
    return { ok: false, error: `Line ${reading.line}, column ${reading.column}: ${reading.message}` };
  return { ok: true, data: reading.value, json: JSON.stringify(reading.value) };
}

export function errorsOf(draft: Draft): DraftErrors {
  const reading = readDraft(draft);
  return {
    room: roomNameError(draft.room, { patterns: false }),
    type: typeNameError(draft.type),
    text: reading.ok ? undefined : reading.error,
  };
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

const KEY = "console.published";
const MOST = 20;
/** Characters of a stored draft; longer ones are not stored. */
const MOST_CHARACTERS = 10_000;

const editedKey = (user: string) => `console.draft.${user}`;

/** The draft in the form of a user, which survives the page. */
export function storedDraft(user: string): Draft | undefined {
  return readStorageJson(editedKey(user), (value) => (isDraft(value) ? value : undefined));
}

export function storeDraft(user: string, draft: Draft): void {
  writeStorage(editedKey(user), JSON.stringify(draft));
}

/** The drafts that were published from this browser, newest first. */
export function pastDrafts(): readonly Draft[] {
  const stored = readStorageJson(KEY, (value) => (Array.isArray(value) ? value : undefined)) ?? [];
  return stored.filter(isDraft).slice(0, MOST);
}

export function rememberDraft(draft: Draft): readonly Draft[] {
  const key = JSON.stringify(draft);
  const others = pastDrafts().filter((each) => JSON.stringify(each) !== key);
  const drafts = (draft.text.length > MOST_CHARACTERS ? others : [draft, ...others]).slice(0, MOST);
  writeStorage(KEY, JSON.stringify(drafts));
  return drafts;
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  const { room, type, mode, text } = value as Partial<Record<keyof Draft, unknown>>;
  const isText = [room, type, text].every((each) => typeof each === "string");
  return isText && (mode === "json" || mode === "text");
}
