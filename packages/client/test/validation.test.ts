import { describe, expect, test } from "bun:test";
import { FanfareError, type Invalid } from "@fanfare/client";
import { Mailbox } from "@fanfare/testing/mailbox";
import { type } from "arktype";
import Type, { type Static, type TSchema } from "typebox";
import Value from "typebox/value";
import * as v from "valibot";
import { z } from "zod";
import { openScene } from "./support/scene.ts";

/** TypeBox 1 does not speak Standard Schema by itself: this is all that it takes. */
function spoken<S extends TSchema>(schema: S) {
  return {
    "~standard": {
      version: 1 as const,
      vendor: "typebox",
      validate: (value: unknown) =>
        Value.Check(schema, value)
          ? { value }
          : { issues: [...Value.Errors(schema, value)].map(({ message }) => ({ message })) },
      types: undefined as { input: Static<S>; output: Static<S> } | undefined,
    },
  };
}

const LIBRARIES = {
  zod: { chat: z.object({ text: z.string().min(1) }), beat: z.number() },
  valibot: { chat: v.object({ text: v.pipe(v.string(), v.minLength(1)) }), beat: v.number() },
  arktype: { chat: type({ text: "string >= 1" }), beat: type("number") },
  typebox: {
    chat: spoken(Type.Object({ text: Type.String({ minLength: 1 }) })),
    beat: spoken(Type.Number()),
  },
};

describe.each(Object.entries(LIBRARIES))("%s", (_, schemas) => {
  test("checks what is published, and what comes", async () => {
    await using scene = await openScene();
    const { client } = await scene.guest("ada");
    const { client: stranger } = await scene.guest("bo");
    const room = client.room("r", { schemas, history: 10 });
    const messages = new Mailbox<{ type: string; data: unknown }>("messages");
    const invalid = new Mailbox<Invalid>("invalid");
    room.on("message", (message) => messages.push(message));
    room.on("invalid", (wrong) => invalid.push(wrong));
    await room.join();

    await room.publish("chat", { text: "hi" });
    const refused = await room.publish("chat", { text: "" }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FanfareError);
    expect(refused).toMatchObject({ code: "invalid" });
    // @ts-expect-error a type that has no schema cannot be written down
    const unknown = await room.publish("dance", {}).catch((error: unknown) => error);
    expect(unknown).toMatchObject({ code: "invalid" });
    expect(client.outbox.value.pending).toBe(0);

    const theirs = stranger.room("r");
    await theirs.publish("chat", { words: 7 });
    await theirs.publish("dance", 1);
    await theirs.publish("beat", "fast");
    await theirs.publish("beat", 4);
    await messages.when(() => messages.all.length === 2);
    expect(messages.all.map(({ type, data }) => [type, data])).toEqual([
      ["chat", { text: "hi" }],
      ["beat", 4],
    ]);
    expect(invalid.all.map(({ message }) => message.type)).toEqual(["chat", "dance", "beat"]);
    for (const { issues } of invalid.all) expect(issues[0]?.message).toBeTruthy();
    expect(room.position?.offset).toBe(5);
  });
});

test("what a schema makes of the data is what the listener gets; what was given is what is published", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const schemas = { date: z.string().transform((text) => new Date(text)) };
  const room = client.room("r", { schemas });
  const messages = new Mailbox<{ data: Date }>("messages");
  room.on("message", (message) => messages.push(message));
  await room.join();
  await room.publish("date", "2026-01-02T03:04:05.000Z");
  expect((await messages.next()).data.getUTCFullYear()).toBe(2026);
  const { client: other } = await scene.guest("bo");
  expect((await other.room("r").history()).messages[0]?.data).toBe("2026-01-02T03:04:05.000Z");
});

test("a schema that answers later is an error that says so; one that throws is told as invalid", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const later = z.string().refine(async () => true);
  const broken = z.string().transform(() => {
    throw new Error("a schema's own fault");
  });
  const room = client.room("r", { schemas: { later, broken } });
  const invalid = new Mailbox<Invalid>("invalid");
  room.on("invalid", (wrong) => invalid.push(wrong));
  await room.join();
  for (const kind of ["later", "broken"] as const) {
    const error = await room.publish(kind, "x").catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(Error);
  }
  const { client: other } = await scene.guest("bo");
  await other.room("r").publish("later", "x");
  await other.room("r").publish("broken", "x");
  await invalid.when(() => invalid.all.length === 2);
  await room.history();
  expect(client.state.value.status).toBe("online");
});
