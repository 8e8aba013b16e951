import { Fanfare } from "@fanfare/client";
import { FaultProxy } from "@fanfare/testing/fault-proxy";
import { roomMailbox } from "./room-mailbox.ts";
import { type ScriptedPeer, ScriptedServer } from "./scripted-server.ts";

export const PATIENT = { backoff: { min: 1, max: 20 }, heartbeat: 500, connectTimeout: 500 } as const;

/** A client whose address leads to a scripted server first, and to a real one after `recovers`. */
export async function hostileScene(honest: URL, script: (peer: ScriptedPeer) => unknown) {
  await using stack = new AsyncDisposableStack();
  const hostile = stack.use(new ScriptedServer(script));
  const network = stack.use(await FaultProxy.open(hostile.url));
  const client = stack.use(new Fanfare(network.url, { user: "ada", ...PATIENT }));
  const room = client.room("r", { history: 100 });
  const messages = roomMailbox(room);
  const kept = stack.move();
  return {
    hostile,
    client,
    room,
    messages,
    /** The same client at the real server: joins, publishes, receives. */
    async recovers() {
      const text = crypto.randomUUID();
      network.target = honest;
      network.cut("reset");
      await client.connect({ signal: AbortSignal.timeout(20_000) });
      await room.join({ signal: AbortSignal.timeout(20_000) });
      await room.publish("note", text, { signal: AbortSignal.timeout(20_000) });
      await messages.next(({ data }) => data === text);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
