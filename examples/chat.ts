/** A chat in terminals. `npm start` in one, `npx bun examples/chat.ts NAME` in others; for Node see README.md. */
import { createInterface } from "node:readline";
import { Fanfare } from "@fanfare/client";
import { WebSocket } from "ws";

const [user = "guest", url = "http://localhost:8080"] = process.argv.slice(2);
const client = new Fanfare(url, { user, WebSocket });
const room = client.room<{ chat: { text: string } }>("chat:lobby", { history: 10, presence: true });

room.on("message", ({ from, data }) => console.log(`${from}: ${data.text}`));
room.on("reset", ({ reason }) => console.log(`* some messages are missing (${reason})`));
room.on("presence", ({ joins, leaves }) => {
  for (const { user } of joins) console.log(`* ${user} is here`);
  for (const user of leaves) console.log(`* ${user} has left`);
});
client.state.listen(({ status }) => console.log(`* ${status}`));

await room.join();
for await (const text of createInterface({ input: process.stdin })) {
  await room.publish("chat", { text }); // kept by the server from here on, or retried until it is
}
await client.close();
