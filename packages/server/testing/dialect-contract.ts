import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Dialect, Session, UpgradeRequest } from "../src/dialects/dialect.ts";
import { SimulatedSocket } from "./simulation/simulated-socket.ts";
import { type SimulatedNode, Simulation } from "./simulation/simulation.ts";

/** What the contract needs to know of a dialect. */
export interface DialectHarness {
  readonly dialect: Dialect;
  /** A request that is admitted, into the room that all clients of the contract meet in. */
  request(user: string): UpgradeRequest;
  /** The frames by which a new client gets into that room. */
  greet(user: string): readonly string[];
  /** A frame that publishes `text` there. */
  say(text: string): string;
  /** Full name of the room; left out where a client meets no other, and receives its own answers alone. */
  readonly room?: string;
  /** The texts that these frames show. */
  said(frames: readonly string[]): string[];
  /** Frames that its clients send, more or less. */
  readonly frame: fc.Arbitrary<string>;
  /** How many answers a frame must have if the socket stays open, and how many of them there are. */
  answersDue(frame: string): number;
  answers(frames: readonly string[], user: string): number;
}

/** One client of the dialect, as the gateway would serve it. */
export class DialectClient {
  readonly socket: SimulatedSocket;
  readonly session: Session;

  constructor(
    node: SimulatedNode,
    dialect: Dialect,
    request: UpgradeRequest,
    private readonly settle: () => Promise<void>,
  ) {
    const admission = dialect.admit(request);
    if (!admission.ok) throw new Error(admission.error);
    this.socket = new SimulatedSocket(node.broadcast);
    this.session = admission.open(node.hub, this.socket);
    if (this.socket.ended) this.session.closed();
    else this.socket.onEnded = () => this.session.closed();
  }

  /** Sends frames, one turn each. */
  async send(...frames: readonly string[]): Promise<void> {
    for (const frame of frames) {
      if (!this.socket.ended) this.session.receive(frame);
      await this.settle();
    }
  }

  get frames(): readonly string[] {
    return this.socket.frames;
  }
}

/** Every dialect keeps this; a dialect's own test calls it and adds its golden bytes. */
export function dialectContract(name: string, harness: DialectHarness): void {
  const { dialect, room } = harness;

  async function start() {
    const simulation = new Simulation();
    const node = simulation.node();
    const settle = () => simulation.clock.settle();
    const open = async (user: string): Promise<DialectClient> => {
      const client = new DialectClient(node, dialect, harness.request(user), settle);
      await client.send(...harness.greet(user));
      await settle();
      return client;
    };
    return { simulation, node, open };
  }

  const anything = fc.oneof(
    { weight: 3, arbitrary: harness.frame },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(harness.frame, fc.nat(), fc.nat({ max: 5 }), fc.string({ maxLength: 3 }))
        .map(([frame, at, cut, noise]) => {
          const from = at % (frame.length + 1);
          return frame.slice(0, from) + noise + frame.slice(from + cut);
        }),
    },
  );

  describe(`the ${name} dialect keeps the contract of dialects`, () => {
    test(`ERR-2: ${name} answers whatever comes, or closes with a reason`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 12 }), async (frames) => {
          const { open } = await start();
          let client = await open("ada");
          for (const frame of frames) {
            const before = harness.answers(client.frames, "ada");
            await client.send(frame);
            if (client.socket.ended) {
              expect(client.socket.farewell?.reason).not.toBe("");
              client = await open("ada");
            } else expect(harness.answers(client.frames, "ada") - before).toBe(harness.answersDue(frame));
          }
        }),
        { numRuns: 200 },
      );
    });

    test(`ERR-2: ${name} keeps what one client sends from all others, and loses nothing that was kept`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 12 }), async (frames) => {
          const { simulation, node, open } = await start();
          const bystander = await open("bob");
          await bystander.send(harness.say("before"));
          let vandal = await open("eve");
          for (const frame of frames) {
            if (vandal.socket.ended) vandal = await open("eve");
            await vandal.send(frame);
          }
          await bystander.send(harness.say("after"));
          const said = harness.said(bystander.frames);
          expect(said[0]).toBe("before");
          expect(said.at(-1)).toBe("after");
          expect([bystander.socket.ended, bystander.socket.paused]).toEqual([false, false]);
          if (room === undefined) return;
          const historian = node.client("historian");
          historian.join(room, { start: { from: "position", offset: 0 } });
          await simulation.clock.settle();
          const log = historian.messages(room);
          expect(log.map(({ offset }) => offset)).toEqual(log.map((_, i) => i + 1));
          expect(log[0]?.data).toContain('"before"');
          expect(log.at(-1)?.data).toContain('"after"');
        }),
        { numRuns: 100 },
      );
    });

    test(`ERR-2: ${name} sends nothing on a socket that has closed, and leaves nothing behind`, async () => {
      const plays = fc.tuple(fc.array(anything, { minLength: 1, maxLength: 8 }), fc.nat({ max: 12 }));
      await fc.assert(
        fc.asyncProperty(plays, async ([frames, sends]) => {
          const { simulation, node, open } = await start();
          await simulation.clock.settle();
          const client = await open("ada");
          const { socket } = client;
          const send = socket.send.bind(socket);
          let left = sends;
          // The socket closes inside a call that sends to it, as real ones do.
          socket.send = (frame) => {
            send(frame);
            if (left-- === 0) socket.end();
          };
          await client.send(...frames);
          socket.end();
          const { tooLate } = socket;
          await simulation.clock.advance(120_000);
          expect(socket.tooLate).toBe(tooLate);
          expect(node.hub.roomCount).toBe(0);
          expect(node.broadcast.topicCount).toBe(0);
          expect(simulation.clock.waiting).toBe(1);
        }),
        { numRuns: 150 },
      );
    });

    test(`FRAME-5: ${name} takes what fits into a frame of 64 KiB, whatever it is made of`, async () => {
      for (const unit of ["x", "語", "🚀", '"', "\u2028"]) {
        const { open } = await start();
        const client = await open("ada");
        const text = unit.repeat(Math.floor(60_000 / Buffer.byteLength(JSON.stringify(unit))));
        expect(Buffer.byteLength(harness.say(text))).toBeLessThanOrEqual(64 * 1024);
        await client.send(harness.say(text));
        expect(harness.said(client.frames)).toEqual([text]);
      }
    });

    // Who keeps nothing has nothing to lose.
    if (room === undefined) return;

    test(`KEEP-3: ${name} answers a publisher, and no other client, when the log cannot be written`, async () => {
      const { simulation, open } = await start();
      const [ada, bob] = [await open("ada"), await open("bob")];
      const received = bob.frames.length;
      simulation.engine.commits = false;
      const before = harness.answers(ada.frames, "ada");
      await ada.send(harness.say("lost"));
      if (!ada.socket.ended) expect(harness.answers(ada.frames, "ada")).toBe(before + 1);
      else expect(ada.socket.farewell).toMatchObject({ code: 1013 });
      expect(harness.said(bob.frames)).toEqual([]);
      expect(bob.socket.ended).toBe(false);
      if (!ada.socket.ended) expect(bob.frames).toHaveLength(received);
    });
  });
}
