/** A server that renders a page with the hooks, as Node 20 does: without a WebSocket, and no address but a path. */
Reflect.deleteProperty(globalThis, "WebSocket");

const { createElement } = await import("react");
const { renderToString } = await import("react-dom/server");
const { Fanfare } = await import("@fanfare/client");
const { FanfareProvider, useConnection, useMessages, useOutbox, usePresence, useRoom, useTyping, useValue } =
  await import("@fanfare/client/react");

const client = new Fanfare("/ws");

function Chat() {
  const room = useRoom("chat:lobby", { history: 50, presence: true });
  const { items } = useMessages(room);
  const { users } = useTyping(room);
  const { count } = usePresence(room);
  const { pending } = useOutbox();
  const { status } = useConnection();
  const { status: joined } = useValue(room.state);
  return createElement("p", {}, `${status} ${joined} ${items.length} ${count} ${pending} ${users.join()}`);
}

console.log(renderToString(createElement(FanfareProvider, { client }, createElement(Chat))));

export {};
