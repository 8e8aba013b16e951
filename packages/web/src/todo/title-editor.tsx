import { SHARED_LIMITS } from "@fanfare/todo/types";
import { type KeyboardEvent, useRef, useState } from "react";
import { TextField } from "../design/index.ts";
import { titleError } from "./todo.ts";

export interface TitleEditorProps {
  readonly title: string;
  /** The text to begin with. */
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Why the server refused the title. */
  readonly error: string | undefined;
  /** @param isDone saved by Enter, not because the field lost the focus */
  readonly onSave: (title: string, isDone: boolean) => void;
  readonly onCancel: () => void;
}

/** Edits the title in place. Enter and leaving the field save, Escape cancels. */
export function TitleEditor({ title, text: initialText, onText, error, onSave, onCancel }: TitleEditorProps) {
  const [text, setText] = useState(initialText);
  const [fault, setFault] = useState(error);
  /** The field loses the focus when it is removed, which must not save again. */
  const hasEnded = useRef(false);
  const save = (isDone: boolean) => {
    if (hasEnded.current) return;
    const found = titleError(text);
    setFault(found);
    if (found !== undefined) return;
    hasEnded.current = true;
    onSave(text, isDone);
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") save(true);
    else if (event.key === "Escape") {
      hasEnded.current = true;
      onCancel();
    } else return;
    event.preventDefault();
  };
  return (
    <TextField
      label={`Rename ${title}`}
      labelHidden
      autoFocus
      autoComplete="off"
      value={text}
      limit={SHARED_LIMITS.title}
      error={fault}
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={press}
      onBlur={() => save(false)}
      onValue={(value) => {
        setText(value);
        onText(value);
        setFault(undefined);
      }}
    />
  );
}
