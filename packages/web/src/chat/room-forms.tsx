import { type FormEvent, useState } from "react";
import { Button, TextField } from "../design/index.ts";
import type { NameResult } from "../identity/name.ts";
import { LONGEST_USER, readUserName } from "../identity/user-name.ts";
import { readRoomName } from "./room-name.ts";

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
  const isRoomFixed = room !== undefined && errorOf(readRoomName(room)) === undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [userName, roomName] = [readUserName(user), readRoomName(place)];
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
        <p className="text-muted">Pick a name, and you are in. Nothing else is asked.</p>
      </div>
      <TextField
        label="Your name"
        hint="Guests may share names: a name proves nothing."
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
          hint="It is there as soon as somebody enters it."
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
      const messages = pending === 1 ? "A message waits" : `${pending} messages wait`;
      setError(`${messages} to be sent as ${name}. Change your name once that is done.`);
    } else onRename(result.name);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <TextField
        label="Your name"
        hint="What you have said stays under the name you had. Guests may share names."
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
        hint="A new one is there as soon as you enter it; an old one has its history."
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
  const result = readRoomName(text);
  return result.ok ? result.name : text;
}
