import { notify, startPage } from "../design/index.ts";
import { AuthGate } from "../identity/auth-gate.tsx";
import { Identity } from "../identity/identity.ts";
import { UserClient } from "../identity/user-client.ts";
import { useStore } from "../state/store.ts";
import { TodoLists } from "./todo-lists.ts";
import { TodoPage } from "./todo-page.tsx";

const identity = new Identity();
identity.syncNameAcrossTabs();
const todoLists = new UserClient(identity, {
  needsName: false,
  // The page publishes nothing over the live connection: the service does.
  client: { outbox: "memory", client: { name: "fanfare-todo", version: "0.1.0" } },
  build: (client, user) => new TodoLists(location.origin, client, identity, user),
  end: (todos) => {
    notifyUnsaved(todos);
    todos.close();
  },
});
addEventListener("beforeunload", (event) => {
  if (todoLists.current.value?.app.isUnsaved) event.preventDefault();
});

/** Changes of one user are never sent as another user: they wait in this browser for the first one. */
function notifyUnsaved({ waiting, author = "the last user" }: TodoLists): void {
  if (waiting === 0) return;
  notify({
    title: `${waiting === 1 ? "1 change" : `${waiting} changes`} of ${author} not saved yet`,
    description: `Kept in this browser, and saved when ${author} signs in again.`,
    timeout: 30_000,
  });
}

function App() {
  useStore(identity.auth); // the number of waiting changes is read when the user is signed out
  const current = useStore(todoLists.current);
  const { waiting = 0 } = current?.app ?? {};
  return (
    <AuthGate
      page="todo"
      identity={identity}
      waiting={waiting === 0 ? undefined : waiting === 1 ? "1 change" : `${waiting} changes`}
    >
      {current === undefined ? null : (
        <TodoPage key={current.app.key} todos={current.app} identity={identity} />
      )}
    </AuthGate>
  );
}

startPage(<App />);
