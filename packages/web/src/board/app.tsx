import { Shell, startPage } from "../design/index.ts";
import { Identity, type Standing } from "../identity/identity.ts";
import { SignIn } from "../identity/sign-in.tsx";
import { useStore } from "../state/store.ts";
import { Board } from "./board.tsx";
import { BoardConnection } from "./board-connection.ts";

/** So often the server is asked before it is taken at its word: it may have been starting. */
const TRIES = 2;

const identity = new Identity();
const address = new URL("/ws", location.href);
address.protocol = address.protocol.replace("http", "ws");
// A browser does not tell a page why it got no WebSocket; who one is can be asked.
const board = new BoardConnection(address.href, async (unopened) => {
  const isSaid = await identity.ask();
  const { value: standing } = identity.standing;
  const isTold = standing.status === "in" && standing.who.kind !== "open";
  const { status } = board.view().state;
  if (!isSaid || !isTold || unopened < TRIES || (status !== "waiting" && status !== "connecting")) return;
  board.refuse(
    "the server does not let you in; perhaps you lack the permission join in the room of the board",
  );
});

let shown: string | undefined;
function follow(): void {
  const key = keyOf(identity.standing.value);
  if (key === shown) return;
  shown = key;
  board.forget();
  if (key !== undefined) board.start();
}
identity.standing.subscribe(follow);
follow();

/** What tells one who looks at the board from another. */
function keyOf(standing: Standing): string | undefined {
  if (standing.status === "out") return undefined;
  const { kind, name } = standing.who;
  return kind === "user" ? `user ${name}` : kind;
}

function App() {
  const { status } = useStore(identity.standing);
  if (status === "in") return <Board board={board} identity={identity} />;
  return (
    <Shell page="board">
      <SignIn identity={identity} />
    </Shell>
  );
}

startPage(<App />);
