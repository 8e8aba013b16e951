import { SHARED_LIMITS } from "@fanfare/todo/types";
import { Plus } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type Ref, useState } from "react";
import { Button, TextField } from "../design/index.ts";
import { titleError } from "./todo.ts";

export interface AddFormProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly initialTitle: string;
  readonly onTitle: (title: string) => void;
  readonly onAdd: (title: string) => void;
  /** The user moves down into the list. */
  readonly onLeave: () => void;
}

export function AddForm({ ref, initialTitle, onTitle, onAdd, onLeave }: AddFormProps) {
  const [title, setTitle] = useState(initialTitle);
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const fault = titleError(title);
    setError(fault);
    if (fault !== undefined) return;
    onAdd(title);
    setTitle("");
    onTitle("");
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") submit(event);
    else if (event.key === "ArrowDown" || event.key === "Escape") {
      event.preventDefault();
      onLeave();
    }
  };
  return (
    <form onSubmit={submit} className="flex items-start gap-2">
      <TextField
        ref={ref}
        label="New to-do"
        labelHidden
        placeholder="Add a to-do"
        autoComplete="off"
        value={title}
        limit={SHARED_LIMITS.title}
        error={error}
        onKeyDown={press}
        onValue={(value) => {
          setTitle(value);
          onTitle(value);
          setError(undefined);
        }}
      />
      <Button type="submit" variant="primary" icon={Plus}>
        Add
      </Button>
    </form>
  );
}
