import type { Changes } from "@fanfare/todo/types";
import type { Edit, OptimisticTodo } from "./optimistic-todo.ts";
import type { Todo } from "./todo.ts";
import type { TodoCollection } from "./todo-collection.ts";

/** Merges edits into the one change that they make together. */
export function changesOf(edits: readonly Edit[]): Changes | "removed" {
  let wanted: Changes | "removed" = {};
  for (const edit of edits) {
    if (edit.kind === "remove") wanted = "removed";
    else if (edit.kind === "create") wanted = edit.draft;
    else if (wanted !== "removed") wanted = { ...wanted, ...edit.changes };
  }
  return wanted;
}

/** What the user wants of a to-do and the server does not have; undefined for nothing. */
export function wantedOf({ edits, problem }: OptimisticTodo): Changes | "removed" | undefined {
  if (edits.length > 0) return changesOf(edits);
  if (problem?.kind === "conflict") return problem.wanted;
  if (problem?.kind === "refused") return changesOf(problem.edits);
  return problem?.kind === "invalid" ? { title: problem.title } : undefined;
}

/** Whether a to-do already has what an edit sets: the edit was applied and its answer was lost. */
export function isApplied(current: Todo, edit: Edit): boolean {
  if (edit.kind !== "change") return false;
  const { title = current.title, completed = current.completed } = edit.changes;
  return title === current.title && completed === current.completed;
}

/** Keeps what a user wanted of a to-do that another user has deleted, as a problem to decide on. */
export function markDeleted(
  entry: OptimisticTodo,
  todos: TodoCollection,
  { title, wanted, by }: { title: string; wanted: Changes; by: string | undefined },
): void {
  const completed = wanted.completed ?? entry.base?.completed ?? false;
  entry.base = undefined;
  entry.problem = { kind: "deleted", title, by, draft: { title: wanted.title ?? title, completed } };
  entry.touch();
  todos.restore(entry);
}
