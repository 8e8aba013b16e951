import type { Changes } from "@fanfare/todo/types";
import type { Edit } from "./entry.ts";
import type { Todo } from "./todo.ts";

/** All that was wanted, taken together. */
export function changesOf(edits: readonly Edit[]): Changes | "removed" {
  let wanted: Changes | "removed" = {};
  for (const edit of edits) {
    if (edit.kind === "remove") wanted = "removed";
    else if (edit.kind === "create") wanted = edit.draft;
    else if (wanted !== "removed") wanted = { ...wanted, ...edit.changes };
  }
  return wanted;
}

/** Our own change whose answer was lost. */
export function isAsWanted(current: Todo, edit: Edit): boolean {
  if (edit.kind !== "change") return false;
  const { title = current.title, completed = current.completed } = edit.changes;
  return title === current.title && completed === current.completed;
}
