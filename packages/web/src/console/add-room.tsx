import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { IconButton, TextField } from "../design/index.ts";
import { roomNameError } from "./room-name.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface AddRoomProps {
  readonly subscriptions: Subscriptions;
  readonly label: string;
}

export function AddRoom({ subscriptions, label }: AddRoomProps) {
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const add = (event: FormEvent) => {
    event.preventDefault();
    const error = roomNameError(name, { patterns: true });
    if (error === undefined && subscriptions.find(name.normalize("NFC")) !== undefined)
      setError("You already listen to this.");
    else if (error !== undefined) setError(error);
    else {
      subscriptions.add(name);
      setName("");
      setError(undefined);
    }
  };
  return (
    <form onSubmit={add} className="flex items-start gap-2">
      <TextField
        label={label}
        labelHidden
        placeholder="Room or pattern"
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        value={name}
        error={error}
        onValue={(value) => {
          setName(value);
          setError(undefined);
        }}
      />
      <IconButton type="submit" variant="secondary" icon={Plus} label="Listen" />
    </form>
  );
}
