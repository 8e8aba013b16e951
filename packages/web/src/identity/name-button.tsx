import { UserRound } from "lucide-react";
import { type FormEvent, useState, useSyncExternalStore } from "react";
import { LONGEST_USER, readUserName } from "../chat/names.ts";
import { Avatar, Button, Dialog, DialogActions, TextField } from "../design/index.ts";
import { userName } from "./user-name.ts";

/** Who one is here, and a dialog to change it. */
export function NameButton() {
  const name = useSyncExternalStore(userName.subscribe, userName.read);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant={name === undefined ? "secondary" : "quiet"}
        size="sm"
        className="max-w-40 min-w-0 max-md:h-10 max-md:px-2"
        onClick={() => setOpen(true)}
      >
        {name === undefined ? <UserRound aria-hidden className="size-4" /> : <Avatar name={name} size="sm" />}
        <span className="truncate max-md:sr-only">{name ?? "Add your name"}</span>
        {name !== undefined && <span className="sr-only">(change your name)</span>}
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Your name"
        description="Others see it beside what you change. The chat uses it as well."
      >
        <NameForm name={name ?? ""} onEnd={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function NameForm({ name, onEnd }: { readonly name: string; readonly onEnd: () => void }) {
  const [text, setText] = useState(name);
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const naming = readUserName(text);
    if ("fault" in naming) return setError(naming.fault);
    userName.pick(naming.name);
    onEnd();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label="Name"
        autoComplete="nickname"
        value={text}
        limit={LONGEST_USER}
        error={error}
        onValue={(value) => {
          setText(value);
          setError(undefined);
        }}
      />
      <DialogActions>
        <Button onClick={onEnd}>Cancel</Button>
        <Button type="submit" variant="primary">
          Save name
        </Button>
      </DialogActions>
    </form>
  );
}
