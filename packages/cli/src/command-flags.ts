import { UsageError } from "./usage-error.ts";

/** Splits the arguments into a command's own flags, with their values, and the flags of settings. @throws {UsageError} */
export function takeFlags<const F extends string>(
  args: readonly string[],
  flags: readonly F[],
): { readonly own: Readonly<Record<F, readonly string[]>>; readonly rest: readonly string[] } {
  const own = Object.fromEntries(flags.map((flag) => [flag, [] as string[]])) as Record<F, string[]>;
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    const [name = "", ...inline] = word.split("=");
    const flag = flags.find((each) => each === name);
    if (flag === undefined) {
      rest.push(word);
      continue;
    }
    const value = inline.length > 0 ? inline.join("=") : args[++i];
    if (value === undefined || value === "") throw new UsageError(`${flag} has no value`);
    own[flag].push(value);
  }
  return { own, rest };
}

/** The last one given. */
export function only(values: readonly string[]): string | undefined {
  return values.at(-1);
}
