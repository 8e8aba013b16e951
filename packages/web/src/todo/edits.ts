import type { Changes } from "@fanfare/todo/types";
import type { Edit } from "./optimistic-todo.ts";
import type { Todo } from "./todo.ts";

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

/** Whether a to-do already has what an edit sets: the edit was applied and its answer was lost. */
export function isApplied(current: Todo, edit: Edit): boolean {
  if (edit.kind !== "change") return false;
  const { title = current.title, completed = current.completed } = edit.changes;
  return title === current.title && completed === current.completed;
}
