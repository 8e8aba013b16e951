import type { Json } from "@fanfare/protocol";

/**
 * `T`, with `never` in the place of what JSON changes (a `Date`) or leaves out (a function). Unlike `Json` it accepts
 * interfaces. `unknown` is accepted unchecked.
 */
export type JsonCompatible<T> = unknown extends T
  ? T
  : T extends Json | undefined
    ? T
    : T extends bigint | symbol | ((...all: never[]) => unknown) | { toJSON(): unknown }
      ? never
      : { [K in keyof T]: JsonCompatible<T[K]> };
