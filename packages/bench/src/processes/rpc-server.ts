import type { RpcMethods, RpcRequest, RpcResponse } from "./rpc.ts";

type Handlers<Methods extends RpcMethods<Methods>> = {
  readonly [Method in keyof Methods]: (
    params: Methods[Method]["params"],
  ) => Methods[Method]["result"] | Promise<Methods[Method]["result"]>;
};

/** The child's side of an `RpcProcess`: serves one request after the other, and exits when its parent does. */
export function serveRpc<Methods extends RpcMethods<Methods>>(handlers: Handlers<Methods>): void {
  const table = new Map<string, (params: never) => unknown>(Object.entries(handlers));
  let last: Promise<void> = Promise.resolve();
  process.on("message", (request: RpcRequest) => {
    last = last.then(async () => {
      process.send?.(await respond(table.get(request.method), request));
    });
  });
  process.on("disconnect", () => process.exit());
}

async function respond(
  handler: ((params: never) => unknown) | undefined,
  { method, params }: RpcRequest,
): Promise<RpcResponse> {
  try {
    if (handler === undefined) throw new Error(`there is no method ${method}`);
    return { result: await handler(params as never) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
