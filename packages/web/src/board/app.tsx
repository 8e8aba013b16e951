import { startPage } from "../design/index.ts";
import { AuthGate } from "../identity/auth-gate.tsx";
import { type AuthState, Identity } from "../identity/identity.ts";
import { can } from "../identity/permissions.ts";
import { Store, useStore } from "../state/store.ts";
import { Board } from "./board.tsx";
import { BoardConnection } from "./board-connection.ts";

const ROOM = "board:main";
const MAY_NOT_JOIN = `you don't have the permission join in ${ROOM}`;

const identity = new Identity();
const address = new URL("/ws", location.href);
address.protocol = address.protocol.replace("http", "ws");
const permitted = identity.permissions.of(ROOM);
// A browser does not tell a page why a WebSocket was refused, so the page asks for its session and permissions.
const board = new BoardConnection(address.href, async () => {
  void identity.originCheck.run();
  if (!can(permitted.value, "join")) board.refuse(MAY_NOT_JOIN);
  else if (await identity.refresh()) identity.permissions.refresh(ROOM);
});

/** The key of the user who looks at the board, or did last. */
const userKey = new Store<string | undefined>(undefined);
let shown: string | undefined;
let mayJoin: boolean | undefined;
function update(): void {
  const key = keyOf(identity.auth.value);
  if (key !== shown) {
    board.clear();
    mayJoin = undefined;
  }
  shown = key;
  if (key !== undefined) userKey.set(key);
  const { value: known } = permitted;
  if (key === undefined || known === undefined) return;
  board.hasHistory = can(known, "history");
  const couldJoin = mayJoin;
  mayJoin = can(known, "join");
  if (!mayJoin) board.refuse(MAY_NOT_JOIN);
  else if (couldJoin !== true) board.start();
}
identity.auth.subscribe(update);
identity.renewals.subscribe(() => board.reconnect());
permitted.subscribe(update);
update();

/** A key that differs between users. */
function keyOf(auth: AuthState): string | undefined {
  if (auth.status === "out") return undefined;
  const { kind, name } = auth.user;
  return kind === "user" ? `user ${name}` : kind;
}

function App() {
  const key = useStore(userKey);
  const known = useStore(permitted);
  return (
    <AuthGate page="board" identity={identity}>
      {key === undefined ? null : (
        <Board key={key} userKey={key} board={board} identity={identity} permitted={known} />
      )}
    </AuthGate>
  );
}

startPage(<App />);
