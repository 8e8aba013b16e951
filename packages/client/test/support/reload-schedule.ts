import { Fanfare } from "@fanfare/client";
import { FaultProxy } from "@fanfare/testing/fault-proxy";
import { NativeClient } from "@fanfare/testing/native-client";
import type { Cut } from "@fanfare/testing/proxied-connection";
import type { SeededRandom } from "@fanfare/testing/seeded-random";
import { CrashingStore } from "./crashing-store.ts";
import type { ScheduleTally } from "./schedule-tally.ts";

/** One program: it publishes in bursts, and its end comes, the last one's aside, when it comes. */
interface Life {
  readonly bursts: readonly { readonly after: number; readonly publish: number; readonly room: number }[];
  readonly cutAfter: { readonly bytes: number; readonly how: Cut } | undefined;
  readonly dies: { readonly after: number; readonly saveComesThrough: boolean };
}

export interface ReloadSchedule {
  readonly rooms: number;
  readonly lives: readonly Life[];
  /** Ms of one save after the other, over and over. */
  readonly saves: readonly number[];
}

export function drawReloadSchedule(random: SeededRandom): ReloadSchedule {
  const rooms = random.between(1, 2);
  return {
    rooms,
    lives: Array.from({ length: random.between(2, 4) }, () => ({
      bursts: Array.from({ length: random.between(1, 10) }, () => ({
        after: random.below(2) * random.below(15),
        publish: random.pick([1, 2, 5, 40, 90]),
        room: random.below(rooms),
      })),
      cutAfter:
        random.below(3) === 0
          ? { bytes: random.below(20_000), how: random.pick<Cut>(["fin", "reset"]) }
          : undefined,
      dies: { after: random.below(30), saveComesThrough: random.below(2) === 0 },
    })),
    saves: Array.from({ length: 7 }, () => random.below(2) * random.below(40)),
  };
}

/**
 * Programs that die with publishes in their outbox, one after the other over one store.
 *
 * @returns what went against the promises, in words; nothing if all is well
 */
export async function runReloads(
  schedule: ReloadSchedule,
  server: URL,
  label: string,
  tally: ScheduleTally,
): Promise<string[]> {
  await using stack = new AsyncDisposableStack();
  let save = 0;
  const store = new CrashingStore(() => schedule.saves[save++ % schedule.saves.length] ?? 0);
  const rooms = Array.from({ length: schedule.rooms }, (_, i) => `${label}-${i}`);
  const published: { readonly room: string; readonly text: string }[] = [];
  const acknowledged: string[] = [];
  const open = async (life: ReturnType<CrashingStore["open"]>) => {
    const network = stack.use(await FaultProxy.open(server));
    stack.defer(() => {
      tally.connections += network.accepted;
    });
    const client = new Fanfare(network.url, {
      user: "ada",
      outbox: life,
      // Longer than a busy machine stops the process, which a link that is alive must outlast.
      heartbeat: 600,
      backoff: { min: 5, max: 50 },
    });
    stack.defer(() => void client.close()); // its saves may never come back
    return { network, client };
  };

  for (const { bursts, cutAfter, dies } of schedule.lives) {
    const life = store.open();
    const { network, client } = await open(life);
    if (cutAfter !== undefined) {
      network.onConnection = (connection) => {
        network.onConnection = () => {};
        connection.cutAfter(cutAfter.bytes, "down", cutAfter.how);
      };
    }
    for (const { after, publish, room: place } of bursts) {
      if (after > 0) await Bun.sleep(after); // the schedule's own pace, not a wait for anything
      const name = rooms[place] ?? "";
      for (let i = 0; i < publish; i++) {
        const text = `${published.length + 1}`;
        published.push({ room: name, text });
        client
          .room(name)
          .publish("note", text)
          .then(
            ({ duplicate }) => {
              acknowledged.push(text);
              if (duplicate) tally.recognised++;
            },
            () => {},
          );
      }
    }
    if (dies.after > 0) await Bun.sleep(dies.after);
    life.crash(dies.saveComesThrough);
    network.refuse();
    network.cut("reset");
  }
  const { client } = await open(store.open());
  await client.connect({ signal: AbortSignal.timeout(20_000) });
  await client.flush({ signal: AbortSignal.timeout(20_000) });

  const problems: string[] = [];
  const reader = await NativeClient.connect(server, "reader");
  for (const room of rooms) {
    const kept = (await reader.log(room)).map(({ data }) => String(data));
    tally.publishes += kept.length;
    const stored = new Set(store.stored.map(({ data }) => String(data)));
    const expected = published
      .filter((each) => each.room === room && stored.has(each.text))
      .map(({ text }) => text);
    const at = Array.from(kept.length > expected.length ? kept : expected, (_, i) => i).find(
      (i) => kept[i] !== expected[i],
    );
    if (at !== undefined) {
      const [is, should] = [kept, expected].map((texts) => texts.slice(Math.max(0, at - 2), at + 5).join());
      problems.push(
        `${room}: ${kept.length} kept, ${expected.length} stored; at ${at} it has …${is}… instead of …${should}…`,
      );
    }
    const own = new Set(published.filter((each) => each.room === room).map(({ text }) => text));
    const lost = acknowledged.filter((text) => own.has(text) && !kept.includes(text));
    if (lost.length > 0) problems.push(`${room}: acknowledged and lost: ${lost.join()}`);
  }
  await reader.close();
  const { pending } = client.outbox.value;
  if (pending !== 0) problems.push(`${pending} are still to be published after flush`);
  return problems;
}
