import { startPage } from "../design/index.ts";
import { userName } from "../identity/user-name.ts";
import { TodoPage } from "./todo-page.tsx";
import { Todos } from "./todos.ts";

const todos = new Todos(location.origin, userName.read);
addEventListener("beforeunload", (event) => {
  if (todos.isUnsaved) event.preventDefault();
});
startPage(<TodoPage todos={todos} />);
