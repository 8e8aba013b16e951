import {
  byExactness,
  DEFAULT_POLICIES,
  DEFAULT_POLICY,
  largestData,
  limitValues,
  PERMISSIONS,
  type Permission,
  type Policy,
  policyFor,
  SERVER_LIMITS,
  wrongWithPattern,
} from "@fanfare/server";
import { UsageError } from "../usage-error.ts";
import { didYouMean } from "./nearest.ts";
import { isTable, itemsOf, locationPrefix, type RawTable, type RawValue, rejectValue } from "./raw-value.ts";
import { DEFAULT, type Sourced } from "./source.ts";
import {
  boolean,
  choice,
  duration,
  optional,
  size,
  unlimited,
  type ValueType,
  wholeNumber,
} from "./value-type.ts";

/** With the largest frames and everything else to match. */
const LARGEST_DATA = largestData(limitValues(SERVER_LIMITS, ({ most }) => most));
const CENTURY = 100 * 365 * 86_400_000;

/** A key of a policy: how its value is written and what it sets. */
interface PolicyKey {
  readonly placeholder: string;
  readonly help: string;
  format(policy: Policy): string | undefined;
  /** @returns the policy with that value @throws {UsageError} */
  parse(policy: Policy, raw: RawValue): Policy;
}

/** All keys but `pattern`. */
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
      'size of the data of one message, or "unlimited": as much as a frame can bring',
      unlimited(size(1, LARGEST_DATA)),
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

function permissions(): ValueType<readonly Permission[]> {
  return {
    placeholder: "PERMISSIONS",
    parse: (raw) =>
      itemsOf(raw).map(
        (item) =>
          PERMISSIONS.find((each) => each === item.value) ??
          rejectValue(item, `it takes a list of ${PERMISSIONS.join(", ")}`),
      ),
    format: (value) => `[${value.map((each) => JSON.stringify(each)).join(", ")}]`,
  };
}

function key<T>(
  help: string,
  type: ValueType<T>,
  get: (policy: Policy) => T,
  set: (policy: Policy, value: T) => Policy,
): PolicyKey {
  return {
    placeholder: type.placeholder,
    help,
    format: (policy) => type.format(get(policy)),
    parse: (policy, raw) => set(policy, type.parse(raw)),
  };
}

/** Written as `[[policies]]` in a file, as a list of inline tables in a variable. */
export const policies: ValueType<readonly Sourced<Policy>[]> = {
  placeholder: "POLICIES",
  parse(raw) {
    const own: Sourced<Policy>[] = [];
    for (const item of listOf(raw)) {
      if (!isTable(item.value)) return rejectValue(item, 'it takes tables such as {pattern = "chat:*"}');
      const policy = readPolicy(item, item.value);
      if (own.some(({ value }) => value.pattern === policy.pattern)) {
        const { name, source } = item;
        throw new UsageError(
          `${locationPrefix(source)}${name} has two policies for ${policy.pattern}; make them one`,
        );
      }
      own.push({ value: policy, source: item.source });
    }
    return own;
  },
  format: (items) => `[${items.map(({ value }) => `{ ${policyLines(value).join(", ")} }`).join(", ")}]`,
};

/** The policies in force, the most specific first: the order in which they are written does not matter. */
export function withDefaultPolicies(own: readonly Sourced<Policy>[]): readonly Sourced<Policy>[] {
  const patterns = new Set(own.map(({ value }) => value.pattern));
  const others = [...DEFAULT_POLICIES, DEFAULT_POLICY].filter(({ pattern }) => !patterns.has(pattern));
  const all = [...own, ...others.map((value) => ({ value, source: DEFAULT }))];
  return all.sort((a, b) => byExactness(a.value, b.value));
}

/** `key = value` for each key. */
export function policyLines(policy: Policy): string[] {
  const rest = [...POLICY_KEYS].flatMap(([name, each]) => {
    const formatted = each.format(policy);
    return formatted === undefined ? [] : [`${name} = ${formatted}`];
  });
  return [`pattern = ${JSON.stringify(policy.pattern)}`, ...rest];
}

function listOf(raw: RawValue): readonly RawValue[] {
  if (Array.isArray(raw.value)) return raw.value;
  return rejectValue(raw, 'it takes a list of tables such as [{pattern = "chat:*", history.count = 100}]');
}

function readPolicy(raw: RawValue, table: RawTable): Policy {
  const pattern = table.get("pattern");
  if (typeof pattern?.value !== "string") {
    if (pattern !== undefined) return rejectValue(pattern, "it takes a text such as chat:*");
    throw new UsageError(
      `${locationPrefix(raw.source)}${raw.name} has a policy without a pattern; say for which rooms it is`,
    );
  }
  const wrong = wrongWithPattern(pattern.value);
  if (wrong !== undefined) return rejectValue(pattern, wrong);
  // A key that is left out keeps the value that these rooms have by default.
  let policy: Policy = { ...policyFor(DEFAULT_POLICIES, pattern.value), pattern: pattern.value };
  for (const [name, value] of leaves(table)) {
    if (name === "pattern") continue;
    const found = POLICY_KEYS.get(name);
    if (found === undefined) {
      const names = ["pattern", ...POLICY_KEYS.keys()];
      const near = didYouMean(name, names, `there are ${names.join(", ")}`);
      throw new UsageError(`${locationPrefix(value.source)}${raw.name} has no key ${name}${near}`);
    }
    policy = found.parse(policy, value);
  }
  return policy;
}

/** The values of a table and of the tables in it, by dotted key. */
function* leaves(table: RawTable, prefix = ""): Generator<[string, RawValue]> {
  for (const [name, raw] of table) {
    if (isTable(raw.value)) yield* leaves(raw.value, `${prefix}${name}.`);
    else yield [prefix + name, raw];
  }
}
