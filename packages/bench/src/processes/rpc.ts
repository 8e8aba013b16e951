/** The methods of a child process, each with its parameters and its result, both as JSON. */
export type RpcMethods<Methods> = {
  readonly [Method in keyof Methods]: { readonly params: unknown; readonly result: unknown };
};

/** Parent to child. */
export interface RpcRequest {
  readonly method: string;
  readonly params: unknown;
}

/** Child to parent, in the order of the requests. */
export type RpcResponse = { readonly result: unknown } | { readonly error: string };
