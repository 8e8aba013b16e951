import type { OrderMessage, Orders, ReplyMessage } from "./orders.ts";

type Handlers<Kinds extends Orders<Kinds>> = {
  readonly [Kind in keyof Kinds]: (
    order: Kinds[Kind]["order"],
  ) => Kinds[Kind]["reply"] | Promise<Kinds[Kind]["reply"]>;
};

/** The child's side of `ChildProgram`: one order after the other. The process ends when its parent does. */
export function answerOrders<Kinds extends Orders<Kinds>>(handlers: Handlers<Kinds>): void {
  const table = new Map<string, (order: never) => unknown>(Object.entries(handlers));
  let last: Promise<void> = Promise.resolve();
  process.on("message", (message: OrderMessage) => {
    last = last.then(async () => {
      process.send?.(await answer(table.get(message.kind), message));
    });
  });
  process.on("disconnect", () => process.exit());
}

async function answer(
  handle: ((order: never) => unknown) | undefined,
  { kind, order }: OrderMessage,
): Promise<ReplyMessage> {
  try {
    if (handle === undefined) throw new Error(`there is no order ${kind}`);
    return { reply: await handle(order as never) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
