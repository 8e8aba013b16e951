/** What the parent may ask of a raw Bun server. */
export interface RawBunOrders {
  readonly listen: { readonly order: null; readonly reply: { readonly port: number } };
  /** Publishes the text to everybody, as fast as it can, until told to stop. */
  readonly pump: {
    readonly order: { readonly text: string; readonly perTurn: number };
    readonly reply: null;
  };
  readonly stop: { readonly order: null; readonly reply: { readonly published: number } };
}
