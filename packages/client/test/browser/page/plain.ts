/**
 * The SDK in a page, without a framework: `?server=…&user=…`. What came stands in `#messages` as "user: text", in the
 * order in which it was told; what the test does, it does through `page`.
 */
import { Fanfare } from "@fanfare/client";

const query = new URLSearchParams(location.search);
const client = new Fanfare(query.get("server") ?? "", {
  user: query.get("user") ?? "somebody",
  outbox: query.get("outbox") === "memory" ? "memory" : "auto",
  backoff: { min: 50, max: 500 },
  heartbeat: 1_500,
});
const room = client.room<{ chat: { text: string } }>("chat:page", { history: 1000 });

room.on("message", ({ from, data }) => add("messages", `${from}: ${data.text}`));
room.on("reset", ({ reason }) => add("messages", `reset: ${reason}`));

show("state", client.state.value.status);
client.state.listen(({ status }) => show("state", status));
showOutbox();
client.outbox.listen(showOutbox);

Object.assign(globalThis, {
  page: {
    publish(...texts: string[]) {
      for (const text of texts) {
        room.publish("chat", { text }).then(
          () => add("kept", text),
          (error: unknown) => add("refused", `${text}: ${error}`),
        );
      }
    },
  },
});

await room.join();

function showOutbox() {
  show("durable", String(client.outbox.value.durable));
  show("pending", String(client.outbox.value.pending));
}

function show(id: string, text: string) {
  const place = document.getElementById(id);
  if (place !== null) place.textContent = text;
}

function add(id: string, text: string) {
  const line = document.createElement("li");
  line.textContent = text;
  document.getElementById(id)?.append(line);
}
