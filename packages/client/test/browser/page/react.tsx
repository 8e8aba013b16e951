/**
 * The hooks in a page, strictly: `?server=…&user=…`. The same room is used by several components; `page` is what the
 * test turns.
 */
import { Fanfare } from "@fanfare/client";
import {
  FanfareProvider,
  useConnection,
  useMessages,
  usePresence,
  useRoom,
  useTyping,
} from "@fanfare/client/react";
import { StrictMode, startTransition, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

type Messages = { chat: { text: string } };

const query = new URLSearchParams(location.search);
const client = new Fanfare(query.get("server") ?? "", {
  user: query.get("user") ?? "somebody",
  backoff: { min: 50, max: 500 },
});

function useLobby() {
  return useRoom<Messages>("chat:page", { history: 20, presence: true });
}

function App() {
  const [shown, show] = useState(true);
  const [tick, setTick] = useState(0);
  useEffect(() => {
    // Renders that can be interrupted, so that a store which is read in the middle of one would show it.
    const transition = () => startTransition(() => setTick((before) => before + 1));
    const joinByHand = () => client.room("chat:page", { history: 20, presence: true }).join();
    Object.assign(globalThis, { page: { show, transition, joinByHand } });
  }, []);
  return (
    <>
      <Status />
      {shown && (
        <>
          <Chat />
          <People />
          <Count id="one" tick={tick} />
          <Count id="two" tick={tick} />
        </>
      )}
    </>
  );
}

function Status() {
  return <p id="status">{useConnection().status}</p>;
}

function Chat() {
  const room = useLobby();
  const { items, hasMore, loadMore, loading } = useMessages(room);
  return (
    <>
      <button id="more" type="button" disabled={!hasMore || loading} onClick={() => void loadMore()}>
        more
      </button>
      <ol id="items">
        {items.map((item) => (
          <li key={item.key} data-kind={item.kind}>
            {item.kind === "message" && item.message.data.text}
            {item.kind === "outgoing" && textOf(item.outgoing.data)}
            {item.kind === "reset" && `missing: ${item.reset.reason}`}
          </li>
        ))}
      </ol>
      <Form />
    </>
  );
}

function textOf(data: unknown): string {
  return (data as Messages["chat"]).text;
}

function Form() {
  const room = useLobby();
  const { users, setTyping } = useTyping(room);
  const [text, setText] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void room.publish("chat", { text });
        setText("");
      }}
    >
      <input
        id="text"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setTyping(target.value !== "");
        }}
      />
      <p id="typing">{users.join()}</p>
    </form>
  );
}

function People() {
  const { members } = usePresence(useLobby());
  return <p id="people">{members?.map(({ user }) => user).join()}</p>;
}

/** How many items there are, told slowly. */
function Count({ id, tick }: { id: string; tick: number }) {
  const { items } = useMessages(useLobby());
  const end = performance.now() + 3;
  while (performance.now() < end);
  return (
    <p id={id} data-tick={tick}>
      {items.length}
    </p>
  );
}

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <FanfareProvider client={client}>
        <App />
      </FanfareProvider>
    </StrictMode>,
  );
}
