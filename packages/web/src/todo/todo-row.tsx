import { CloudOff, Pencil, Trash2 } from "lucide-react";
import { memo } from "react";
import { Avatar, Checkbox, classNames, IconButton } from "../design/index.ts";
import type { Row } from "./optimistic-todo.ts";
import { ProblemNote } from "./problem-note.tsx";
import { TitleEditor } from "./title-editor.tsx";

export interface RowActions {
  complete(key: string, completed: boolean): void;
  edit(key: string): void;
  typeTitle(key: string, text: string): void;
  /** @param title undefined cancels @param isDone moves the focus back to the row */
  rename(key: string, title: string | undefined, isDone: boolean): void;
  remove(key: string): void;
  again(key: string): void;
  discard(key: string): void;
}

export interface TodoRowProps {
  readonly row: Row;
  readonly isActive: boolean;
  readonly isEdited: boolean;
  /** Text of an earlier page in the field of the title. */
  readonly typed: string | undefined;
  readonly isReadOnly: boolean;
  readonly actions: RowActions;
}

export const TodoRow = memo(function TodoRow({
  row,
  isActive,
  isEdited,
  typed,
  isReadOnly,
  actions,
}: TodoRowProps) {
  const { key, title, completed, isUnsent, problem, isHighlighted, author } = row;
  const invalid = problem?.kind === "invalid" ? problem : undefined;
  const tabIndex = isActive ? 0 : -1;
  return (
    <div
      className={classNames(
        "group border-line border-b transition-colors duration-700 hover:duration-100",
        isHighlighted ? "bg-accent-soft" : "hover:bg-hover",
      )}
    >
      <div className="flex min-h-11 items-start gap-3 px-5 py-1.5 max-md:px-4">
        <Checkbox
          round
          checked={completed}
          label={title}
          onCheckedChange={(next) => !isReadOnly && actions.complete(key, next)}
          {...(isReadOnly ? { "aria-readonly": true } : { "aria-keyshortcuts": "Space Enter Delete" })}
          tabIndex={tabIndex}
          className="mt-1.5"
        />
        {(isEdited && !isReadOnly) || invalid ? (
          <TitleEditor
            title={invalid?.title ?? title}
            text={typed ?? invalid?.title ?? title}
            onText={(text) => actions.typeTitle(key, text)}
            error={invalid?.message}
            onSave={(next, isDone) => actions.rename(key, next, isDone)}
            onCancel={() => (invalid ? actions.discard(key) : actions.rename(key, undefined, true))}
          />
        ) : (
          <>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter and the button behind it do the same. */}
            <span
              dir="auto"
              onDoubleClick={() => !isReadOnly && actions.edit(key)}
              className={classNames(
                "min-w-0 flex-1 py-1.25 break-words whitespace-pre-wrap [unicode-bidi:plaintext]",
                completed && "text-muted line-through",
              )}
            >
              {title}
            </span>
            {isHighlighted && author !== undefined && (
              <span className="flex max-w-32 min-w-0 items-center gap-1.5 py-1.5 text-sm text-muted">
                <Avatar name={author} size="sm" />
                <span dir="auto" className="truncate max-md:sr-only">
                  {author}
                </span>
              </span>
            )}
            {isUnsent && (
              <span className="flex items-center gap-1.5 py-1.5 text-sm text-caution">
                <CloudOff aria-hidden className="size-4" />
                <span className="max-md:sr-only">Not saved yet</span>
              </span>
            )}
            {!isReadOnly && (
              <span className="flex opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 max-md:-mr-2 max-md:opacity-100">
                <IconButton
                  icon={Pencil}
                  label={`Rename ${title}`}
                  size="sm"
                  tabIndex={tabIndex}
                  className="text-muted"
                  onClick={() => actions.edit(key)}
                />
                <IconButton
                  icon={Trash2}
                  label={`Delete ${title}`}
                  size="sm"
                  tabIndex={tabIndex}
                  className="text-muted"
                  onClick={() => actions.remove(key)}
                />
              </span>
            )}
          </>
        )}
      </div>
      {problem !== undefined && problem.kind !== "invalid" && (
        <ProblemNote
          problem={problem}
          row={row}
          onAgain={() => actions.again(key)}
          onDiscard={() => actions.discard(key)}
        />
      )}
    </div>
  );
});
