/** As much of a schema as is used: https://standardschema.dev, version 1. zod, valibot, ArkType and others have it. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Verdict<Output> | Promise<Verdict<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type Verdict<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

/** What is wrong with a value, and where in it. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A schema for each type of message in a room. */
export type Schemas = Readonly<Record<string, StandardSchema>>;
/** What may be published, by type. */
export type Input<S extends Schemas> = {
  [T in keyof S]: NonNullable<S[T]["~standard"]["types"]>["input"];
};
/** What arrives, by type. */
export type Output<S extends Schemas> = {
  [T in keyof S]: NonNullable<S[T]["~standard"]["types"]>["output"];
};

/** @returns the value as the schema gives it, or what is wrong with it: a schema that throws or is asynchronous, too */
export function validate(schemas: Schemas | undefined, type: string, value: unknown): Verdict<unknown> {
  if (schemas === undefined) return { value };
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  if (schema === undefined) return { issues: [{ message: `There is no schema for the type ${type}.` }] };
  try {
    const verdict = schema["~standard"].validate(value);
    if (!(verdict instanceof Promise)) return verdict;
    verdict.catch(() => {}); // what it says comes too late, also where it fails
    return { issues: [{ message: `The schema for ${type} is asynchronous: order would be lost.` }] };
  } catch (error) {
    return { issues: [{ message: `The schema for ${type} failed: ${error}` }] };
  }
}
