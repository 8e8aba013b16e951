import type { Changes } from "@fanfare/todo/types";
import { changesOf } from "./edits.ts";
import type { Entries } from "./entries.ts";
import type { Edit, Entry } from "./entry.ts";
import type { Sender, SenderHost } from "./sender.ts";
import type { Todo } from "./todo.ts";

type Draft = Pick<Todo, "title" | "completed">;

/** Makes edits at once to the eye, and has them sent. */
export class Editor {
  constructor(
    private readonly entries: Entries,
    private readonly sender: Sender,
    private readonly host: SenderHost,
  ) {}

  create(draft: Draft): Entry {
    const entry = this.entries.add(crypto.randomUUID());
    this.#push(entry, { kind: "create", request: crypto.randomUUID(), draft });
    return entry;
  }

  /** @param seen the version that it is meant for; unless given, the present one */
  change(entry: Entry, changes: Changes, seen?: number): void {
    const request = crypto.randomUUID();
    if (entry.base === undefined && entry.edits.length === 0) {
      // It was never made: this is another attempt.
      const draft = { title: changes.title ?? entry.row?.title ?? "", completed: changes.completed ?? false };
      this.#push(entry, { kind: "create", request, draft });
    } else this.#push(entry, { kind: "change", request, changes, from: from(entry, seen) });
  }

  remove(entry: Entry): void {
    const isSent = entry.edits.some((edit) => edit.kind === "create" && edit.isSent);
    // What is busy may be about to be sent.
    if (entry.base === undefined && !isSent && !entry.busy) {
      entry.edits = [];
      this.entries.drop(entry);
      this.host.changed();
      return;
    }
    this.#push(entry, { kind: "remove", request: crypto.randomUUID(), from: from(entry, undefined) });
  }

  /** Takes back a deletion, whether it was sent or not. @param draft what it was */
  undo(entry: Entry, draft: Draft): void {
    const last = entry.edits.at(-1);
    if (last?.kind === "remove" && !last.isSent) {
      entry.edits = entry.edits.slice(0, -1);
      this.#touch(entry);
      return;
    }
    this.entries.putBack(entry);
    const isKnown = entry.base !== undefined || entry.edits.length > 0;
    this.#push(entry, {
      kind: "create",
      request: crypto.randomUUID(),
      draft,
      ...(isKnown && { restores: true }),
    });
  }

  /** Once more what was refused, or what somebody else came before: now to what is there. */
  again(entry: Entry): void {
    const { problem } = entry;
    if (problem?.kind === "conflict") {
      if (problem.wanted === "removed") this.remove(entry);
      else this.change(entry, problem.wanted);
    } else if (problem?.kind === "refused") {
      entry.problem = undefined;
      entry.edits = problem.edits.map((edit) =>
        edit.kind === "create" ? edit : { ...edit, from: entry.base?.version },
      );
      this.#touch(entry);
      void this.sender.send(entry);
    }
  }

  discard(entry: Entry): void {
    const { problem } = entry;
    const edits = problem?.kind === "refused" ? problem.edits : [];
    const isDeleted = edits.some((edit) => edit.kind === "create" && edit.restores);
    entry.problem = undefined;
    if (entry.edits.length === 0 && (entry.base === undefined || isDeleted)) this.entries.drop(entry);
    this.#touch(entry);
  }

  /** Somebody else has deleted it, and with it what was under way. */
  lose(entry: Entry, title: string): void {
    if (entry.busy) return; // the answer will say so
    const wanted = changesOf(entry.edits);
    const isLost = entry.edits.length > 0 && wanted !== "removed";
    entry.edits = [];
    entry.waits = false;
    if (isLost) this.host.lost(title, wanted);
  }

  #push(entry: Entry, edit: Edit): void {
    entry.problem = undefined;
    entry.edits = [...entry.edits, edit];
    this.#touch(entry);
    void this.sender.send(entry);
  }

  #touch(entry: Entry): void {
    entry.touch();
    this.host.changed();
  }
}

function from(entry: Entry, seen: number | undefined): number | undefined {
  if (entry.edits.length > 0) return undefined;
  const version = entry.base?.version;
  // What is ours we know, though we had not seen it when we began to type.
  return version === entry.ownVersion ? version : (seen ?? version);
}
