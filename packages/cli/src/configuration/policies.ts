import {
  byExactness,
  DEFAULT_POLICIES,
  DEFAULT_POLICY,
  PERMISSIONS,
  type Permission,
  type Policy,
  policyFor,
  wrongWithPattern,
} from "@fanfare/server";
import { UsageError } from "../usage-error.ts";
import { boolean, choice, duration, type Kind, optional, size, unlimited, wholeNumber } from "./kind.ts";
import type { Item } from "./list-kinds.ts";
import { didYouMean } from "./nearest.ts";
import { at, isTable, itemsOf, type RawTable, type RawValue, refuse } from "./raw-value.ts";
import { DEFAULT } from "./source.ts";

const CENTURY = 100 * 365 * 86_400_000;

/** A key of a policy: how it is written, and what it sets. */
interface PolicyKey {
  readonly placeholder: string;
  readonly help: string;
  print(policy: Policy): string | undefined;
  /** The policy with what was written. @throws {UsageError} */
  read(policy: Policy, raw: RawValue): Policy;
}

/** All but `pattern`. */
export const POLICY_KEYS: ReadonlyMap<string, PolicyKey> = new Map([
  [
    "history.count",
    key(
      'messages kept, or "unlimited"',
      unlimited(wholeNumber(1, 1_000_000_000)),
      ({ history }) => history.count,
      (policy, count) => ({ ...policy, history: { ...policy.history, count } }),
    ),
  ],
  [
    "history.age",
    key(
      'how long a message is kept, or "unlimited"',
      unlimited(duration(1_000, CENTURY)),
      ({ history }) => history.ageMs,
      (policy, ageMs) => ({ ...policy, history: { ...policy.history, ageMs } }),
    ),
  ],
  [
    "presence",
    key(
      "whether members may be seen",
      boolean,
      ({ presence }) => presence,
      (policy, presence) => ({ ...policy, presence }),
    ),
  ],
  [
    "events",
    key(
      "whether events such as typing are relayed",
      boolean,
      ({ events }) => events,
      (policy, events) => ({ ...policy, events }),
    ),
  ],
  [
    "max_members",
    key(
      "connections in a room",
      wholeNumber(1),
      ({ maxMembers }) => maxMembers,
      (policy, maxMembers) => ({ ...policy, maxMembers }),
    ),
  ],
  [
    "max_data",
    key(
      "size of the data of one message",
      size(1, DEFAULT_POLICY.maxDataBytes),
      ({ maxDataBytes }) => maxDataBytes,
      (policy, maxDataBytes) => ({ ...policy, maxDataBytes }),
    ),
  ],
  [
    "publish",
    key(
      "who may publish",
      choice("anyone", "service"),
      ({ publish }) => publish,
      (policy, publish) => ({ ...policy, publish }),
    ),
  ],
  [
    "guests",
    key(
      "what guests may do; unless given all but admin, or nothing where tokens are in use",
      optional(permissions()),
      ({ guests }) => guests,
      (policy, guests) => ({ ...policy, ...(guests && { guests }) }),
    ),
  ],
  [
    "users",
    key(
      "what users may do whose token has no claim rooms; unless given what a wider policy says, or all but admin",
      optional(permissions()),
      ({ users }) => users,
      (policy, users) => ({ ...policy, ...(users && { users }) }),
    ),
  ],
]);

function permissions(): Kind<readonly Permission[]> {
  return {
    placeholder: "PERMISSIONS",
    read: (raw) =>
      itemsOf(raw).map(
        (item) =>
          PERMISSIONS.find((each) => each === item.value) ??
          refuse(item, `it takes a list of ${PERMISSIONS.join(", ")}`),
      ),
    print: (value) => `[${value.map((each) => JSON.stringify(each)).join(", ")}]`,
  };
}

function key<T>(
  help: string,
  kind: Kind<T>,
  get: (policy: Policy) => T,
  set: (policy: Policy, value: T) => Policy,
): PolicyKey {
  return {
    placeholder: kind.placeholder,
    help,
    print: (policy) => kind.print(get(policy)),
    read: (policy, raw) => set(policy, kind.read(raw)),
  };
}

/** Written as `[[policies]]` in a file; as a list of inline tables in a variable. */
export const policies: Kind<readonly Item<Policy>[]> = {
  placeholder: "POLICIES",
  read(raw) {
    const own: Item<Policy>[] = [];
    for (const item of listOf(raw)) {
      if (!isTable(item.value)) return refuse(item, 'it takes tables such as {pattern = "chat:*"}');
      const policy = readPolicy(item, item.value);
      if (own.some(({ value }) => value.pattern === policy.pattern)) {
        const { name, source } = item;
        throw new UsageError(`${at(source)}${name} has two policies for ${policy.pattern}; make them one`);
      }
      own.push({ value: policy, source: item.source });
    }
    return own;
  },
  print: (items) => `[${items.map(({ value }) => `{ ${lines(value).join(", ")} }`).join(", ")}]`,
};

/** The policies in force, the more exact first, so that the order in which they are written does not matter. */
export function withDefaultPolicies(own: readonly Item<Policy>[]): readonly Item<Policy>[] {
  const patterns = new Set(own.map(({ value }) => value.pattern));
  const others = [...DEFAULT_POLICIES, DEFAULT_POLICY].filter(({ pattern }) => !patterns.has(pattern));
  const all = [...own, ...others.map((value) => ({ value, source: DEFAULT }))];
  return all.sort((a, b) => byExactness(a.value, b.value));
}

/** `key = value` for each key. */
export function lines(policy: Policy): string[] {
  const rest = [...POLICY_KEYS].flatMap(([name, each]) => {
    const printed = each.print(policy);
    return printed === undefined ? [] : [`${name} = ${printed}`];
  });
  return [`pattern = ${JSON.stringify(policy.pattern)}`, ...rest];
}

function listOf(raw: RawValue): readonly RawValue[] {
  if (Array.isArray(raw.value)) return raw.value;
  return refuse(raw, 'it takes a list of tables such as [{pattern = "chat:*", history.count = 100}]');
}

function readPolicy(raw: RawValue, table: RawTable): Policy {
  const pattern = table.get("pattern");
  if (typeof pattern?.value !== "string") {
    if (pattern !== undefined) return refuse(pattern, "it takes a text such as chat:*");
    throw new UsageError(
      `${at(raw.source)}${raw.name} has a policy without a pattern; say for which rooms it is`,
    );
  }
  const wrong = wrongWithPattern(pattern.value);
  if (wrong !== undefined) return refuse(pattern, wrong);
  // What it does not say stays as it was for these rooms.
  let policy: Policy = { ...policyFor(DEFAULT_POLICIES, pattern.value), pattern: pattern.value };
  for (const [name, value] of leaves(table)) {
    if (name === "pattern") continue;
    const found = POLICY_KEYS.get(name);
    if (found === undefined) {
      const names = ["pattern", ...POLICY_KEYS.keys()];
      const near = didYouMean(name, names, `there are ${names.join(", ")}`);
      throw new UsageError(`${at(value.source)}${raw.name} has no key ${name}${near}`);
    }
    policy = found.read(policy, value);
  }
  return policy;
}

/** The values of a table and of the tables in it, by their dotted names. */
function* leaves(table: RawTable, prefix = ""): Generator<[string, RawValue]> {
  for (const [name, raw] of table) {
    if (isTable(raw.value)) yield* leaves(raw.value, `${prefix}${name}.`);
    else yield [prefix + name, raw];
  }
}
