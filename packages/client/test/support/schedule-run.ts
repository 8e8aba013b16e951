import { Fanfare, type Receipt, type Reset, type Room } from "@fanfare/client";
import type { Json } from "@fanfare/protocol";
import { DEADLINE } from "@fanfare/testing/deadline";
import { FaultProxy } from "@fanfare/testing/fault-proxy";
import type { Mailbox } from "@fanfare/testing/mailbox";
import { apply, heal, type Schedule } from "./fault-schedule.ts";
import { type AnyMessage, roomMailbox } from "./room-mailbox.ts";
import type { ScheduleTally } from "./schedule-tally.ts";

interface Note {
  readonly by: number;
  readonly serial: number;
}

interface Acknowledged extends Note {
  readonly receipt: Receipt;
}

/** A room as one client has it: what it published there, what it was told. */
class Seat {
  readonly messages: Mailbox<AnyMessage>;
  readonly resets: Reset[] = [];
  readonly acknowledged: Acknowledged[] = [];
  readonly refusals: string[] = [];
  published = 0;

  constructor(
    readonly by: number,
    readonly room: Room,
  ) {
    this.messages = roomMailbox(room);
    room.on("reset", (reset) => this.resets.push(reset));
  }

  publish(size: number): void {
    const note = { by: this.by, serial: ++this.published };
    this.room.publish("note", { ...note, padding: "x".repeat(size) }).then(
      (receipt) => this.acknowledged.push({ ...note, receipt }),
      (error) => this.refusals.push(`${note.serial}: ${error}`),
    );
  }
}

/**
 * Runs a schedule against a server, then lets the network be good and waits until everybody has everything.
 *
 * @param label names the rooms: nobody else uses it on that server
 * @returns what went against the promises, in words; nothing if all is well
 */
export async function runSchedule(
  schedule: Schedule,
  server: URL,
  label: string,
  tally: ScheduleTally,
): Promise<string[]> {
  await using stack = new AsyncDisposableStack();
  const networks: FaultProxy[] = [];
  const clients: Fanfare[] = [];
  for (const [i, { heartbeat, backoff }] of schedule.clients.entries()) {
    const network = stack.use(await FaultProxy.open(server));
    networks.push(network);
    clients.push(
      stack.use(
        new Fanfare(network.url, {
          user: `client-${i}`,
          heartbeat,
          backoff: { min: backoff, max: 100 },
          connectTimeout: 1_000,
        }),
      ),
    );
  }
  const names = Array.from({ length: schedule.rooms }, (_, i) => `${label}-${i}`);
  const seats = names.map((name) =>
    clients.map((client, i) => {
      const history = schedule.clients[i]?.history === true;
      return new Seat(i, client.room(name, history ? { history: 1_000 } : {}));
    }),
  );
  const all = seats.flat();

  // Who does not ask for the past has to be there before there is any.
  await Promise.all(all.map(({ by, room }) => schedule.clients[by]?.history || room.join()));
  const joined = Promise.all(all.map(({ room }) => room.join()));
  for (const step of schedule.steps) {
    if (step.after > 0) await Bun.sleep(step.after); // the schedule's own pace, not a wait for anything
    const network = networks[step.client];
    if ("fault" in step) {
      if (network !== undefined) apply(step, network);
    } else {
      const seat = seats[step.room]?.[step.client];
      for (let i = 0; i < step.publish; i++) seat?.publish(step.size);
    }
  }
  for (const network of networks) heal(network);
  await within("every join", joined);
  await within("every flush", Promise.all(clients.map((client) => client.flush())));
  // A last one in each room: what comes twice, comes before it.
  for (const room of seats) room[0]?.publish(0);
  await within("the last flush", clients[0]?.flush());
  const problems = await Promise.all(seats.map((room) => judge(room)));
  for (const [i, client] of clients.entries()) {
    const { pending } = client.outbox.value;
    if (pending !== 0) problems.push([`client ${i} still has ${pending} to publish after flush`]);
  }
  for (const { messages, acknowledged } of all) {
    tally.publishes += acknowledged.length;
    tally.recognised += acknowledged.filter(({ receipt }) => receipt.duplicate).length;
    tally.deliveries += messages.all.length;
  }
  for (const { accepted } of networks) tally.connections += accepted;
  return problems.flat();
}

/** @throws if it is not done by the deadline */
async function within<T>(what: string, work: T): Promise<Awaited<T>> {
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(() => deadline.reject(new Error(`${what}: not done in ${DEADLINE} ms`)), DEADLINE);
  try {
    return await Promise.race([work, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until every seat of a room has received all, and compares. */
async function judge(seats: readonly Seat[]): Promise<string[]> {
  const problems: string[] = [];
  const total = seats.reduce((sum, seat) => sum + seat.published, 0);
  const waits = seats.map(({ messages }) =>
    messages.when(() => messages.all.length >= total, `${total} messages`),
  );
  for (const wait of await Promise.allSettled(waits)) {
    if (wait.status === "rejected") problems.push(String(wait.reason).slice(0, 600));
  }
  const first = seats[0]?.messages.all.map(inWords) ?? [];
  for (const { by, room, messages, resets, refusals, acknowledged, published } of seats) {
    const who = `client ${by} in ${room.name}`;
    const words = messages.all.map(inWords);
    const at = words.findIndex((word, i) => word !== first[i]);
    if (at >= 0 || words.length !== first.length) {
      problems.push(
        `${who} received ${words[at]} where client 0 received ${first[at]}, ${words.length} of ${total}`,
      );
    }
    if (new Set(words).size !== words.length)
      problems.push(`${who} received a message twice: ${twice(words)}`);
    if (resets.length > 0) problems.push(`${who} was told ${JSON.stringify(resets)}`);
    if (refusals.length > 0) problems.push(`${who} was refused ${refusals.slice(0, 3).join("; ")}`);
    if (acknowledged.length + refusals.length !== published) {
      problems.push(`${who} has ${acknowledged.length} receipts for ${published} publishes`);
    }
    for (const { serial, receipt } of acknowledged) {
      const message = messages.all.find(({ offset }) => offset === receipt.offset);
      if (message?.id === receipt.id && noteOf(message.data).serial === serial) continue;
      problems.push(
        `${who}: receipt of ${serial} says ${receipt.offset} ${receipt.id}; there is ${inWords(message)}`,
      );
    }
    const own = messages.all.map(({ data }) => noteOf(data)).filter((note) => note.by === by);
    const wrong = own.findIndex(({ serial }, i) => serial !== i + 1);
    if (wrong >= 0 || own.length !== published) {
      problems.push(`${who}: its own came as ${own.map(({ serial }) => serial).join()} of ${published}`);
    }
    const { value: outgoing } = room.outgoing;
    if (outgoing.length > 0) problems.push(`${who}: outgoing still has ${JSON.stringify(outgoing[0])}`);
  }
  return problems;
}

function noteOf(data: Json): Note {
  return data as unknown as Note;
}

function inWords(message: AnyMessage | undefined): string {
  if (message === undefined) return "nothing";
  const { by, serial } = noteOf(message.data);
  return `${message.offset} ${message.id} (${by}:${serial})`;
}

function twice(words: readonly string[]): string {
  return words
    .filter((word, i) => words.indexOf(word) !== i)
    .slice(0, 5)
    .join();
}
