import { type FormEvent, useState } from "react";
import { Button, TextField } from "../design/index.ts";
import type { NameResult } from "../identity/name.ts";
import { LONGEST_USER, readUserName } from "../identity/user-name.ts";
import { readAddressedRoom, readRoomName } from "./room-name.ts";

const FIRST_ROOM = "lobby";

export interface JoinFormProps {
  /** The room that the address names; undefined shows a field for it. */
  readonly room: string | undefined;
  readonly onEnter: (user: string, room: string) => void;
}

/** The first form that a new user sees: a name and a room. */
export function JoinForm({ room, onEnter }: JoinFormProps) {
  const [user, setUser] = useState("");
  const [place, setPlace] = useState(room ?? FIRST_ROOM);
  const [userError, setUserError] = useState<string>();
  const [placeError, setPlaceError] = useState(() => errorOf(readRoomName(room ?? FIRST_ROOM)));
  const isRoomFixed = room !== undefined && errorOf(readAddressedRoom(room)) === undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [userName, roomName] = [
      readUserName(user),
      isRoomFixed ? readAddressedRoom(room) : readRoomName(place),
    ];
    setUserError(errorOf(userName));
    setPlaceError(errorOf(roomName));
    if (userName.ok && roomName.ok) onEnter(userName.name, roomName.name);
  };
  return (
    <form
      onSubmit={submit}
      noValidate
      className="m-auto flex w-full max-w-sm flex-col gap-4 rounded-lg border border-line bg-surface p-6 max-md:border-0 max-md:bg-transparent"
    >
      <div className="flex flex-col gap-1">
        <h2 className="text-xl font-semibold break-words">
          {isRoomFixed ? `Join #${readable(room)}` : "Join a conversation"}
        </h2>
        <p className="text-muted">Pick a name to join. No account needed.</p>
      </div>
      <TextField
        label="Your name"
        hint="Names aren't verified: anyone can use any name."
        autoComplete="nickname"
        autoFocus
        value={user}
        limit={LONGEST_USER}
        error={userError}
        onValue={(value) => {
          setUser(value);
          setUserError(undefined);
        }}
      />
      {!isRoomFixed && (
        <TextField
          label="Room"
          hint="Rooms are created when someone joins."
          autoComplete="off"
          value={place}
          error={placeError}
          onValue={(value) => {
            setPlace(value);
            setPlaceError(undefined);
          }}
        />
      )}
      <Button type="submit" variant="primary">
        Join
      </Button>
    </form>
  );
}

/** Changes the name of the user. */
export function RenameForm({
  name,
  longest,
  pending,
  onRename,
}: {
  readonly name: string;
  readonly longest: number;
  /** Messages that wait to be sent under the old name. */
  readonly pending: number;
  readonly onRename: (name: string) => void;
}) {
  const [text, setText] = useState(name);
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const result = readUserName(text, longest);
    if (!result.ok) setError(result.error);
    else if (pending > 0 && result.name !== name) {
      const messages = pending === 1 ? "1 message is" : `${pending} messages are`;
      setError(`${messages} waiting to be sent as ${name}. Change your name after that.`);
    } else onRename(result.name);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <TextField
        label="Your name"
        hint="Earlier messages keep the old name. Names aren't verified: anyone can use any name."
        autoComplete="nickname"
        value={text}
        limit={longest}
        error={error}
        onValue={(value) => {
          setText(value);
          setError(undefined);
        }}
      />
      <Button type="submit" variant="primary" className="self-end">
        Change name
      </Button>
    </form>
  );
}

/** Opens a room. A room is created when the first user joins it. */
export function RoomForm({
  text = "",
  onOpen,
}: {
  /** What the address names, if no room can have that name. */
  readonly text?: string;
  readonly onOpen: (name: string) => void;
}) {
  const [place, setPlace] = useState(text);
  const [error, setError] = useState(() => (text === "" ? undefined : errorOf(readRoomName(text))));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const result = readRoomName(place);
    if (result.ok) onOpen(result.name);
    else setError(result.error);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <TextField
        label="Room"
        hint="A new room is created when you join; an existing one has its history."
        autoComplete="off"
        autoFocus
        value={place}
        error={error}
        onValue={(value) => {
          setPlace(value);
          setError(undefined);
        }}
      />
      <Button type="submit" variant="primary" className="self-end">
        Open room
      </Button>
    </form>
  );
}

function errorOf(result: NameResult): string | undefined {
  return result.ok ? undefined : result.error;
}

function readable(text: string): string {
  const result = readAddressedRoom(text);
  return result.ok ? result.name : text;
}
