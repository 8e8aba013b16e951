import { startPage } from "../design/index.ts";
import { Gate } from "../identity/gate.tsx";
import { Identity, type Standing } from "../identity/identity.ts";
import { can } from "../identity/permissions.ts";
import { Store, useStore } from "../state/store.ts";
import { Board } from "./board.tsx";
import { BoardConnection } from "./board-connection.ts";

const ROOM = "board:main";
const LACKING = `you lack the permission join in ${ROOM}`;

const identity = new Identity();
const address = new URL("/ws", location.href);
address.protocol = address.protocol.replace("http", "ws");
const permitted = identity.permissions.of(ROOM);
// A browser does not tell a page why it got no WebSocket; who one is, and what one may do, can be asked.
const board = new BoardConnection(address.href, async () => {
  if (!can(permitted.value, "join")) board.refuse(LACKING);
  else if (await identity.ask()) identity.permissions.renew(ROOM);
});

/** Who looks at the board, or did last. */
const present = new Store<string | undefined>(undefined);
let shown: string | undefined;
let mayJoin: boolean | undefined;
function follow(): void {
  const key = keyOf(identity.standing.value);
  if (key !== shown) {
    board.forget();
    mayJoin = undefined;
  }
  shown = key;
  if (key !== undefined) present.set(key);
  const { value: known } = permitted;
  if (key === undefined || known === undefined) return;
  board.hasPast = can(known, "history");
  const couldJoin = mayJoin;
  mayJoin = can(known, "join");
  if (!mayJoin) board.refuse(LACKING);
  else if (couldJoin !== true) board.start();
}
identity.standing.subscribe(follow);
identity.renewals.subscribe(() => board.reconnect());
permitted.subscribe(follow);
follow();

/** What tells one who looks at the board from another. */
function keyOf(standing: Standing): string | undefined {
  if (standing.status === "out") return undefined;
  const { kind, name } = standing.who;
  return kind === "user" ? `user ${name}` : kind;
}

function App() {
  const key = useStore(present);
  const known = useStore(permitted);
  return (
    <Gate page="board" identity={identity}>
      {key === undefined ? null : <Board key={key} board={board} identity={identity} permitted={known} />}
    </Gate>
  );
}

startPage(<App />);
