import type { Json } from "@fanfare/protocol";

/**
 * `T`, if it arrives as what it is: `never` in the place of what JSON turns into something else (a `Date`) or leaves
 * out (a function). Unlike `Json` it takes interfaces. Of `unknown` nothing can be said, so its word is taken.
 */
export type JsonCompatible<T> = unknown extends T
  ? T
  : T extends Json | undefined
    ? T
    : T extends bigint | symbol | ((...all: never[]) => unknown) | { toJSON(): unknown }
      ? never
      : { [K in keyof T]: JsonCompatible<T[K]> };
