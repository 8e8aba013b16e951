import { notify, startPage } from "../design/index.ts";
import { ByIdentity } from "../identity/by-identity.ts";
import { Gate } from "../identity/gate.tsx";
import { Identity } from "../identity/identity.ts";
import { useStore } from "../state/store.ts";
import { TodoPage } from "./todo-page.tsx";
import { Todos } from "./todos.ts";

const identity = new Identity();
identity.followName();
const todosOf = new ByIdentity(identity, {
  needsName: false,
  // Nothing is published over the live connection; the service does that.
  client: { outbox: "memory", client: { name: "fanfare-todo", version: "0.1.0" } },
  build: (client, who) => new Todos(location.origin, client, identity, who),
  end: (todos) => {
    tellUnsaved(todos);
    todos.close();
  },
});
addEventListener("beforeunload", (event) => {
  if (todosOf.present.value?.app.isUnsaved) event.preventDefault();
});

/** What somebody wanted is not sent as somebody else. */
function tellUnsaved({ waiting, author }: Todos): void {
  if (waiting === 0) return;
  notify({
    title: `${waiting === 1 ? "1 change" : `${waiting} changes`} of ${author ?? "yours"} ${waiting === 1 ? "was" : "were"} not saved`,
    description: "Somebody else has signed in.",
    timeout: 30_000,
  });
}

function App() {
  useStore(identity.standing); // how many wait is looked at then
  const present = useStore(todosOf.present);
  const { waiting = 0 } = present?.app ?? {};
  return (
    <Gate
      page="todo"
      identity={identity}
      waiting={waiting === 0 ? undefined : waiting === 1 ? "1 change" : `${waiting} changes`}
    >
      {present === undefined ? null : (
        <TodoPage key={present.app.key} todos={present.app} identity={identity} />
      )}
    </Gate>
  );
}

startPage(<App />);
