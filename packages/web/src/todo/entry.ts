import type { Changes } from "@fanfare/todo/types";
import type { Todo } from "./todo.ts";

/** What was asked of a to-do here and is not acknowledged yet. */
export type Edit =
  | {
      readonly kind: "create";
      readonly request: string;
      readonly draft: Pick<Todo, "title" | "completed">;
      /** It was deleted, and comes back. */
      readonly restores?: true;
      /** The server may have it, whatever is known of the answer. */
      isSent?: boolean;
    }
  | {
      readonly kind: "change";
      readonly request: string;
      readonly changes: Changes;
      /** The version that was seen; undefined: what the edit before it makes. */
      readonly from: number | undefined;
    }
  | {
      readonly kind: "remove";
      readonly request: string;
      readonly from: number | undefined;
      isSent?: boolean;
    };

/** Why an edit was rolled back. */
export type Problem =
  /** Somebody else was faster, and what was wanted. */
  | { readonly kind: "conflict"; readonly wanted: Changes | "removed" }
  | { readonly kind: "invalid"; readonly title: string; readonly message: string }
  | { readonly kind: "refused"; readonly message: string; readonly edits: readonly Edit[] };

/** A to-do as it is shown. The same object until something in it changes. */
export interface Row {
  readonly key: string;
  readonly title: string;
  readonly completed: boolean;
  /** It could not be sent; it is kept and sent again. */
  readonly waits: boolean;
  readonly problem: Problem | undefined;
  /** Who made it what it is on the server; undefined where that is not known. */
  readonly author: string | undefined;
  /** Somebody else has just changed it. */
  readonly isNews: boolean;
}

/** One to-do of a list: as the server has it, and what is under way from here. */
export class Entry {
  edits: readonly Edit[] = [];
  problem: Problem | undefined;
  /** Its first edit is being sent. */
  busy = false;
  waits = false;
  isNews = false;
  /** What our own last edit has made of it. */
  ownVersion = 0;
  /** Who made `version`; nobody knows where `by` is undefined. */
  author: { readonly version: number; readonly by: string | undefined } | undefined;
  /** Where it stands in the list: less is earlier. */
  place = 0;
  /** The last turn at which the server said that it is there. */
  seenAt = 0;
  /** As the server has it, or had it last; undefined where it never said so. */
  base: Todo | undefined;
  #row: Row | undefined;

  /** @param key the to-do's id, from the start */
  constructor(readonly key: string) {}

  /** It was deleted here, and that is to be undone. */
  get isComingBack(): boolean {
    return this.edits.some((edit) => edit.kind === "create" && edit.restores);
  }

  /** To be called after whatever the row shows has changed. */
  touch(): void {
    this.#row = undefined;
  }

  /** Undefined where it is not to be seen: it is being deleted, or was never there. */
  get row(): Row | undefined {
    const shown = this.#shown();
    if (shown === undefined) return undefined;
    this.#row ??= {
      key: this.key,
      ...shown,
      waits: this.waits,
      problem: this.problem,
      isNews: this.isNews,
      author: this.author?.version === this.base?.version ? this.author?.by : undefined,
    };
    return this.#row;
  }

  #shown(): Pick<Todo, "title" | "completed"> | undefined {
    let shown = this.base && { title: this.base.title, completed: this.base.completed };
    for (const edit of this.edits) {
      if (edit.kind === "remove") shown = undefined;
      else if (edit.kind === "create") shown = edit.draft;
      else shown = shown && { ...shown, ...edit.changes };
    }
    if (this.edits.at(-1)?.kind === "remove") return undefined;
    if (shown !== undefined || this.problem === undefined) return shown;
    // It was never made; what was typed is still there.
    if (this.problem.kind === "invalid") return { title: this.problem.title, completed: false };
    if (this.problem.kind !== "refused") return undefined;
    const [first] = this.problem.edits;
    return first?.kind === "create" ? first.draft : undefined;
  }
}
