import { type FormEvent, useEffect, useId, useState } from "react";
import { Button, Dialog, DialogActions, TextField } from "../design/index.ts";
import { roomNameError } from "./room-name.ts";

export interface ReplayStart {
  readonly room: string;
  readonly from: number;
}

export interface ReplayDialogProps {
  /** Undefined closes the dialog. */
  readonly start: ReplayStart | undefined;
  readonly rooms: readonly string[];
  readonly onClose: () => void;
  readonly onReplay: (room: string, from: number) => void;
}

export function ReplayDialog({ start, rooms, onClose, onReplay }: ReplayDialogProps) {
  return (
    <Dialog
      open={start !== undefined}
      onOpenChange={(open) => !open && onClose()}
      title="Replay from an offset"
      description="Reads a room from this offset to its newest message. The lines are marked and added at the end of the log."
    >
      <ReplayForm
        start={start}
        rooms={rooms}
        onClose={onClose}
        onReplay={(room, from) => {
          onReplay(room, from);
          onClose();
        }}
      />
    </Dialog>
  );
}

function ReplayForm({ start, rooms, onClose, onReplay }: ReplayDialogProps) {
  const id = useId();
  const [room, setRoom] = useState(start?.room ?? "");
  const [from, setFrom] = useState(String(start?.from ?? 1));
  const [isTried, setTried] = useState(false);
  useEffect(() => {
    if (start === undefined) return;
    setRoom(start.room.endsWith("*") ? "" : start.room);
    setFrom(String(start.from));
  }, [start]);
  const offset = Number(from);
  const error = roomNameError(room, { patterns: false });
  const isOffset = /^\d{1,15}$/.test(from) && offset > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (error === undefined && isOffset) onReplay(room.normalize("NFC"), offset);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label="Room"
        list={`${id}-rooms`}
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        value={room}
        onValue={setRoom}
        error={isTried ? error : undefined}
      />
      <datalist id={`${id}-rooms`}>
        {rooms.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <TextField
        label="From offset"
        inputMode="numeric"
        autoComplete="off"
        value={from}
        onValue={setFrom}
        error={isTried && !isOffset ? "Enter a whole number, 1 or more." : undefined}
      />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary">
          Replay
        </Button>
      </DialogActions>
    </form>
  );
}
