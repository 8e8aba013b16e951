import {
  DIALECT_NAMES,
  type MountConfig,
  mountKey,
  parseHostPattern,
  parseNetwork,
  parseOriginPattern,
  wrongWithMount,
} from "@fanfare/server";
import { nearest } from "./nearest.ts";
import { isTable, itemsOf, type RawValue, rejectValue } from "./raw-value.ts";
import type { Sourced } from "./source.ts";
import type { ValueType } from "./value-type.ts";

export const origins: ValueType<readonly Sourced<string>[]> = {
  placeholder: "ORIGIN",
  parse: (raw) =>
    itemsOf(raw).map((item) => {
      if (typeof item.value === "string" && parseOriginPattern(item.value) !== undefined) {
        return { value: item.value, source: item.source };
      }
      return rejectValue(
        item,
        "it takes the origin of a page, such as https://app.example.com or https://*.example.com; or file://, null, *",
      );
    }),
  format: (items) => `[${items.map(({ value }) => JSON.stringify(value)).join(", ")}]`,
};

export const hosts: ValueType<readonly Sourced<string>[]> = {
  ...origins,
  placeholder: "HOST",
  parse: (raw) =>
    itemsOf(raw).map((item) =>
      typeof item.value === "string" && parseHostPattern(item.value) !== undefined
        ? { value: item.value, source: item.source }
        : rejectValue(item, "it takes a name without a port, such as chat.example.com or *.example.com"),
    ),
};

export const networks: ValueType<readonly Sourced<string>[]> = {
  ...origins,
  placeholder: "NETWORK",
  parse: (raw) =>
    itemsOf(raw).map((item) =>
      typeof item.value === "string" && parseNetwork(item.value) !== undefined
        ? { value: item.value, source: item.source }
        : rejectValue(item, "it takes an address or a network, such as 10.0.0.1 or 10.0.0.0/8"),
    ),
};

/** Stands for no dialect: removes a mount. */
const UNMOUNTED = "none";

export type MountChange = MountConfig | { readonly path: string; readonly dialect: typeof UNMOUNTED };

/** Written as PATH=DIALECT; in a file, as a table. */
export const mounts: ValueType<readonly Sourced<MountChange>[]> = {
  placeholder: "PATH=DIALECT",
  parse(raw) {
    const changes = isTable(raw.value)
      ? [...raw.value].map(([path, dialect]) => readMount(dialect, path, dialect.value))
      : itemsOf(raw).map((item) => {
          const text = typeof item.value === "string" ? item.value : "";
          const equals = text.lastIndexOf("=");
          if (equals < 1) return rejectValue(item, "it takes a path and a dialect, such as /ws=echo");
          return readMount(item, text.slice(0, equals), text.slice(equals + 1));
        });
    return mergeMounts([], changes);
  },
  format(items) {
    const entries = items.map(({ value: { path, dialect } }) => `${JSON.stringify(path)} = "${dialect}"`);
    return `{ ${entries.join(", ")} }`;
  },
};

function readMount(raw: RawValue, path: string, name: RawValue["value"]): Sourced<MountChange> {
  const names = [...DIALECT_NAMES, UNMOUNTED] as const;
  const dialect = names.find((each) => each === name);
  if (dialect === undefined) {
    const near = nearest(String(name), names);
    return rejectValue(
      raw,
      near === undefined ? `it takes a dialect: ${names.join(", ")}` : `did you mean the dialect ${near}?`,
    );
  }
  const change = { path, dialect } as MountChange;
  const wrong = wrongWithMount({ path, dialect: dialect === UNMOUNTED ? "native" : dialect });
  return wrong === undefined ? { value: change, source: raw.source } : rejectValue(raw, wrong);
}

/** A mount of the higher source replaces one of the same path. */
export function mergeMounts(
  lower: readonly Sourced<MountChange>[],
  higher: readonly Sourced<MountChange>[],
): readonly Sourced<MountChange>[] {
  const merged = new Map(lower.map((item) => [mountKey(item.value.path), item]));
  for (const item of higher) merged.set(mountKey(item.value.path), item);
  return [...merged.values()];
}

export function isMounted(change: MountChange): change is MountConfig {
  return change.dialect !== UNMOUNTED;
}
