import { expect, test } from "bun:test";
import { referenceOf } from "./reference.ts";

/** A package of these two entries, in the form that the compiler writes. */
function reference(core: string, hooks = ""): string {
  return referenceOf(
    new Map([
      ["index.d.ts", core],
      ["react/index.d.ts", hooks],
    ]),
  );
}

test("a union is there as a whole, with the docstrings of its members", () => {
  const text = reference(`
/** What changes. */
export type Change = 
/** A new name. */
{
    readonly kind: "name";
} | {
    readonly kind: "end";
};
/** The next declaration. */
export interface Next {
    readonly last: true;
}
`);
  expect(text).toContain(`### Change

What changes.

\`\`\`ts
type Change = 
/** A new name. */
{
    readonly kind: "name";
} | {
    readonly kind: "end";
};
\`\`\`
`);
  expect(text).toContain("### Next\n\nThe next declaration.\n\n```ts\ninterface Next {\n");
});

test("the overloads of a function are one entry", () => {
  const text = reference(
    "",
    `
/** Joins a room. */
export declare function useRoom(name: string, options: {
    readonly schemas: object;
}): string;
export declare function useRoom(name: string): number;
`,
  );
  expect(text.match(/^### useRoom$/gm)).toHaveLength(1);
  expect(text).toContain(`### useRoom

Joins a room.

\`\`\`ts
function useRoom(name: string, options: {
    readonly schemas: object;
}): string;
function useRoom(name: string): number;
\`\`\`
`);
});

test("the parameters of a constructor are no members, and what is protected is not there", () => {
  const text = reference(`
export declare class Thing {
    /** @internal */
    protected constructor(name: string, 
    /** @internal It may be replaced. */
    options: object, events: {
        readonly keyOf: (message: string) => string;
    });
    protected get events(): string[];
    /** What it is called. */
    readonly name: string;
}
`);
  expect(text.match(/^#### .*$/gm)).toEqual(["#### Thing.name"]);
  expect(text).not.toContain("@internal");
});
