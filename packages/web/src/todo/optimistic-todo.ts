import type { Changes } from "@fanfare/todo/types";
import type { Todo } from "./todo.ts";

/** A change made on this page that the server has not acknowledged. */
export type Edit =
  | {
      readonly kind: "create";
      readonly request: string;
      readonly draft: Pick<Todo, "title" | "completed">;
      /** The to-do was deleted and is restored. */
      readonly restores?: true;
      /** The request was sent; the server may have applied it, although no answer came. */
      isSent?: boolean;
    }
  | {
      readonly kind: "change";
      readonly request: string;
      readonly changes: Changes;
      /** The version that the user saw; undefined for the version that the edit before it makes. */
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
  /** Another user changed it first. `wanted` is what this user wanted. */
  | { readonly kind: "conflict"; readonly wanted: Changes | "removed" }
  | { readonly kind: "invalid"; readonly title: string; readonly message: string }
  | { readonly kind: "refused"; readonly message: string; readonly edits: readonly Edit[] }
  /** Another user has deleted the to-do. `title` is the one that it had, `draft` is what this user wanted. */
  | {
      readonly kind: "deleted";
      readonly title: string;
      readonly draft: Pick<Todo, "title" | "completed">;
      readonly by?: string | undefined;
    };

/** A to-do as it is shown. The object stays the same until something in it changes. */
export interface Row {
  readonly key: string;
  readonly title: string;
  readonly completed: boolean;
  /** A change could not be sent; it is sent again later. */
  readonly isUnsent: boolean;
  readonly problem: Problem | undefined;
  /** The user who made the server's version; undefined if unknown. */
  readonly author: string | undefined;
  /** Another user has just changed it. */
  readonly isHighlighted: boolean;
}

/** A to-do of a list: the version that the server has, and the edits of this page that it has not acknowledged. */
export class OptimisticTodo {
  edits: readonly Edit[] = [];
  problem: Problem | undefined;
  /** Its first edit is being sent. */
  isSending = false;
  isUnsent = false;
  isHighlighted = false;
  /** The version that the last edit of this page made. */
  ownVersion = 0;
  /** The user who made `version`; `by` is undefined if unknown. */
  author: { readonly version: number; readonly by: string | undefined } | undefined;
  /** Its position in the list: lower ones come first. */
  position = 0;
  /** The last revision of the collection at which the server had it. */
  seenAt = 0;
  /** The last version known from the server; undefined if there is none. */
  base: Todo | undefined;
  #row: Row | undefined;

  /** @param key the to-do's id, from the start */
  constructor(readonly key: string) {}

  /** A restore is under way. */
  get isRestoring(): boolean {
    return this.edits.some((edit) => edit.kind === "create" && edit.restores);
  }

  /** Must be called after a change of what the row shows. */
  touch(): void {
    this.#row = undefined;
  }

  /** Undefined if it is not shown: it is being deleted, or was never created. */
  get row(): Row | undefined {
    const shown = this.#shown();
    if (shown === undefined) return undefined;
    this.#row ??= {
      key: this.key,
      ...shown,
      isUnsent: this.isUnsent,
      problem: this.problem,
      isHighlighted: this.isHighlighted,
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
    if (this.problem?.kind === "deleted") return this.problem.draft;
    if (shown !== undefined || this.problem === undefined) return shown;
    // It was never created; the text that the user typed stays.
    if (this.problem.kind === "invalid") return { title: this.problem.title, completed: false };
    if (this.problem.kind !== "refused") return undefined;
    const [first] = this.problem.edits;
    return first?.kind === "create" ? first.draft : undefined;
  }
}
