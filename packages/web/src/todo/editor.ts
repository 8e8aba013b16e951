import type { Changes } from "@fanfare/todo/types";
import { markDeleted, wantedOf } from "./edits.ts";
import type { Edit, OptimisticTodo } from "./optimistic-todo.ts";
import type { Sender, SenderListener } from "./sender.ts";
import type { Todo } from "./todo.ts";
import type { TodoCollection } from "./todo-collection.ts";

type Draft = Pick<Todo, "title" | "completed">;

/** Applies edits to the page at once, and has them sent. */
export class Editor {
  constructor(
    private readonly todos: TodoCollection,
    private readonly sender: Sender,
    private readonly listener: SenderListener,
  ) {}

  create(draft: Draft): OptimisticTodo {
    const entry = this.todos.add(crypto.randomUUID());
    this.#push(entry, { kind: "create", request: crypto.randomUUID(), draft });
    return entry;
  }

  /** @param seen the version that the user saw; the current one unless given */
  change(entry: OptimisticTodo, changes: Changes, seen?: number): void {
    const request = crypto.randomUUID();
    if (entry.base === undefined && entry.edits.length === 0) {
      // The server refused to create it: this is another attempt.
      const draft = { title: changes.title ?? entry.row?.title ?? "", completed: changes.completed ?? false };
      this.#push(entry, { kind: "create", request, draft });
    } else this.#push(entry, { kind: "change", request, changes, from: from(entry, seen) });
  }

  remove(entry: OptimisticTodo): void {
    const isSent = entry.edits.some((edit) => edit.kind === "create" && edit.isSent);
    // An edit that is being sent may reach the server.
    if (entry.base === undefined && !isSent && !entry.isSending) {
      entry.edits = [];
      this.todos.remove(entry);
      this.listener.changed();
      return;
    }
    this.#push(entry, { kind: "remove", request: crypto.randomUUID(), from: from(entry, undefined) });
  }

  /** Takes back a deletion, whether it was sent or not. @param draft the deleted to-do */
  undo(entry: OptimisticTodo, draft: Draft): void {
    const last = entry.edits.at(-1);
    if (last?.kind === "remove" && !last.isSent) {
      entry.edits = entry.edits.slice(0, -1);
      this.#touch(entry);
      return;
    }
    this.todos.restore(entry);
    const isKnown = entry.base !== undefined || entry.edits.length > 0;
    this.#push(entry, {
      kind: "create",
      request: crypto.randomUUID(),
      draft,
      ...(isKnown && { restores: true }),
    });
  }

  /** Repeats an edit that was refused or conflicted, on the current version; of a deleted to-do it makes another. */
  retry(entry: OptimisticTodo): void {
    const { problem } = entry;
    if (problem?.kind === "deleted") {
      this.todos.remove(entry);
      this.create(problem.draft);
      return;
    }
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

  discard(entry: OptimisticTodo): void {
    const { problem } = entry;
    const edits = problem?.kind === "refused" ? problem.edits : [];
    const isDeleted = edits.some((edit) => edit.kind === "create" && edit.restores);
    const isGone = entry.base === undefined || isDeleted || problem?.kind === "deleted";
    entry.problem = undefined;
    if (entry.edits.length === 0 && isGone) this.todos.remove(entry);
    this.#touch(entry);
  }

  /**
   * Another user has deleted the to-do. What this user wanted of it stays, until the user decides.
   * @param typed text in the field of the title, if it is being renamed
   */
  cancel(entry: OptimisticTodo, title: string, by: string | undefined, typed?: string): void {
    const edited = wantedOf(entry);
    const wanted = typed === undefined ? edited : { ...(edited !== "removed" && edited), title: typed };
    entry.isUnsent = false;
    entry.edits = [];
    entry.problem = undefined;
    if (wanted !== undefined && wanted !== "removed") markDeleted(entry, this.todos, { title, wanted, by });
    this.#touch(entry);
  }

  #push(entry: OptimisticTodo, edit: Edit): void {
    entry.problem = undefined;
    entry.edits = [...entry.edits, edit];
    this.#touch(entry);
    void this.sender.send(entry);
  }

  #touch(entry: OptimisticTodo): void {
    entry.touch();
    this.listener.changed();
  }
}

function from(entry: OptimisticTodo, seen: number | undefined): number | undefined {
  if (entry.edits.length > 0) return undefined;
  const version = entry.base?.version;
  // The user knows the version that this page made, even if it arrived after the user began to type.
  return version === entry.ownVersion ? version : (seen ?? version);
}
