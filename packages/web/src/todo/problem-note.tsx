import { TriangleAlert } from "lucide-react";
import { Button } from "../design/index.ts";
import { quoted } from "./change-toasts.ts";
import type { Problem, Row } from "./optimistic-todo.ts";

export interface ProblemNoteProps {
  readonly problem: Problem & { readonly kind: "conflict" | "refused" | "deleted" };
  readonly row: Row;
  readonly onAgain: () => void;
  readonly onDiscard: () => void;
}

/** Shown below a row whose edit was rolled back: why, and the choices. The row shows the version of the server. */
export function ProblemNote({ problem, row, onAgain, onDiscard }: ProblemNoteProps) {
  const [again, discard] = choices(problem);
  return (
    <div
      role="alert"
      className="mr-5 mb-2 ml-12.5 flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-md bg-caution-soft px-3 py-2 text-sm text-caution max-md:mr-4 max-md:ml-4"
    >
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      <p className="min-w-0 flex-1 basis-60 break-words">{explain(problem, row)}</p>
      <span className="flex gap-2">
        <Button size="sm" onClick={onDiscard}>
          {discard}
        </Button>
        <Button size="sm" onClick={onAgain}>
          {again}
        </Button>
      </span>
    </div>
  );
}

function choices(problem: ProblemNoteProps["problem"]): readonly [again: string, discard: string] {
  if (problem.kind === "refused") return ["Try again", "Discard"];
  if (problem.kind === "deleted") return ["Add it again", "Discard"];
  return problem.wanted === "removed" ? ["Delete anyway", "Keep it"] : ["Apply mine", "Keep theirs"];
}

function explain(
  problem: ProblemNoteProps["problem"],
  { author = "Someone", title, completed }: Row,
): string {
  if (problem.kind === "refused") return `Not saved. ${problem.message}`;
  if (problem.kind === "deleted")
    return `${problem.by ?? "Someone"} deleted ${quoted(problem.title)} while you were editing it.`;
  const { wanted } = problem;
  const theirs = `${author} changed this while you were editing. Theirs: ${quoted(title)} (${completed ? "done" : "open"}).`;
  if (wanted === "removed") return `${theirs} It was not deleted.`;
  const mine = [
    wanted.title !== undefined && quoted(wanted.title),
    wanted.completed !== undefined && (wanted.completed ? "done" : "open"),
  ].filter((part) => part !== false);
  return `${theirs} Yours: ${mine.join(", ")}.`;
}
