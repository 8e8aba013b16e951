/** Kinds of orders that a child program takes, each with what goes in and what comes back, as JSON. */
export type Orders<Kinds> = {
  readonly [Kind in keyof Kinds]: { readonly order: unknown; readonly reply: unknown };
};

/** Parent to child. Replies come in the order of the orders. */
export interface OrderMessage {
  readonly kind: string;
  readonly order: unknown;
}

/** Child to parent. */
export type ReplyMessage = { readonly reply: unknown } | { readonly error: string };
