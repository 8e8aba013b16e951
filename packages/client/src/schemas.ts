/** The part of Standard Schema v1 (https://standardschema.dev) that is used; zod, valibot, ArkType and others have it. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Validation<Output> | Promise<Validation<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type Validation<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

/** One fault of a value, and its path. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A schema for each type of message in a room. */
export type Schemas = Readonly<Record<string, StandardSchema>>;
/** The data that may be published, by type. */
export type Input<S extends Schemas> = {
  [T in keyof S]: NonNullable<S[T]["~standard"]["types"]>["input"];
};
/** The data that arrives, by type. */
export type Output<S extends Schemas> = {
  [T in keyof S]: NonNullable<S[T]["~standard"]["types"]>["output"];
};

/** @returns the schema's output, or issues; a schema that throws or is asynchronous gives issues, too */
export function validate(schemas: Schemas | undefined, type: string, value: unknown): Validation<unknown> {
  if (schemas === undefined) return { value };
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  if (schema === undefined) return { issues: [{ message: `There is no schema for ${type}.` }] };
  try {
    const result = schema["~standard"].validate(value);
    if (!(result instanceof Promise)) return result;
    result.catch(() => {}); // its result comes too late, a rejection as well
    return { issues: [{ message: `The schema for ${type} is asynchronous.` }] };
  } catch (error) {
    return { issues: [{ message: `The schema for ${type} failed: ${error}` }] };
  }
}
