import { Hash, Plus } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { Badge, classNames, Dialog, TextField } from "../design/index.ts";
import { readRoomName } from "./room-name.ts";
import type { RoomSummary } from "./room-registry.ts";

export interface RoomSwitcherProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly rooms: readonly RoomSummary[];
  readonly onOpen: (name: string) => void;
}

/** Opens a known or a new room by its name. */
export function RoomSwitcherDialog({ open, onOpenChange, rooms, onOpen }: RoomSwitcherProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Go to a room">
      <RoomChooser rooms={rooms} onOpen={onOpen} />
    </Dialog>
  );
}

function RoomChooser({ rooms, onOpen }: Pick<RoomSwitcherProps, "rooms" | "onOpen">) {
  const id = useId();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const wanted = text.trim().replace(/^#/u, "").toLowerCase();
  const result = readRoomName(text);
  const known = rooms.filter(({ name }) => name.toLowerCase().includes(wanted));
  const isNew = result.ok && !rooms.some(({ name }) => name === result.name);
  const choices = [
    ...known.map((room) => ({ ...room, isNew: false })),
    ...(isNew ? [{ name: result.name, unread: 0, isNew: true }] : []),
  ];
  const at = Math.min(chosen, choices.length - 1);

  const onKeyDown = (event: KeyboardEvent) => {
    const choice = choices[at];
    if (event.key === "ArrowDown") setChosen((at + 1) % Math.max(1, choices.length));
    else if (event.key === "ArrowUp") setChosen((at + choices.length - 1) % Math.max(1, choices.length));
    else if (event.key === "Enter" && choice !== undefined) onOpen(choice.name);
    else return;
    event.preventDefault();
  };
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label="Room"
        labelHidden
        placeholder="Name of a room"
        autoComplete="off"
        autoFocus
        role="combobox"
        aria-expanded={choices.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        {...(choices.length > 0 && { "aria-activedescendant": `${id}-${at}` })}
        value={text}
        error={text !== "" && !result.ok ? result.error : undefined}
        onKeyDown={onKeyDown}
        onValue={(value) => {
          setText(value);
          setChosen(0);
        }}
      />
      <div role="listbox" id={id} aria-label="Rooms" className="flex max-h-72 flex-col overflow-y-auto">
        {choices.map(({ name, unread, isNew: creates }, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard chooses from within the field.
          <div
            key={name}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            ref={(element) => {
              if (index === at) element?.scrollIntoView({ block: "nearest" });
            }}
            onClick={() => onOpen(name)}
            className={classNames(
              "flex h-9 shrink-0 cursor-pointer items-center gap-2 rounded-md px-2 hover:bg-hover max-md:h-10",
              index === at && "bg-hover",
            )}
          >
            {creates ? (
              <Plus aria-hidden className="size-4 shrink-0 text-muted" />
            ) : (
              <Hash aria-hidden className="size-4 shrink-0 text-muted" />
            )}
            <span dir="auto" className="min-w-0 flex-1 truncate">
              {creates ? `Open #${name}` : name}
            </span>
            {unread > 0 && <Badge tone="accent">{unread > 99 ? "99+" : unread}</Badge>}
          </div>
        ))}
      </div>
    </div>
  );
}
