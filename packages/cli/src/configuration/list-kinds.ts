import {
  DIALECT_NAMES,
  type MountConfig,
  mountKey,
  parseHostPattern,
  parseNetwork,
  parseOriginPattern,
  wrongWithMount,
} from "@fanfare/server";
import type { Kind } from "./kind.ts";
import { nearest } from "./nearest.ts";
import { isTable, itemsOf, type RawValue, refuse } from "./raw-value.ts";
import type { Source } from "./source.ts";

/** One of several values, each of which may come from elsewhere. */
export interface Item<T> {
  readonly value: T;
  readonly source: Source;
}

export const origins: Kind<readonly Item<string>[]> = {
  placeholder: "ORIGIN",
  read: (raw) =>
    itemsOf(raw).map((item) => {
      if (typeof item.value === "string" && parseOriginPattern(item.value) !== undefined) {
        return { value: item.value, source: item.source };
      }
      return refuse(
        item,
        "it takes the origin of a page, such as https://app.example.com or https://*.example.com",
      );
    }),
  print: (items) => `[${items.map(({ value }) => JSON.stringify(value)).join(", ")}]`,
};

export const hosts: Kind<readonly Item<string>[]> = {
  ...origins,
  placeholder: "HOST",
  read: (raw) =>
    itemsOf(raw).map((item) =>
      typeof item.value === "string" && parseHostPattern(item.value) !== undefined
        ? { value: item.value, source: item.source }
        : refuse(item, "it takes a name without a port, such as chat.example.com or *.example.com"),
    ),
};

export const networks: Kind<readonly Item<string>[]> = {
  ...origins,
  placeholder: "NETWORK",
  read: (raw) =>
    itemsOf(raw).map((item) =>
      typeof item.value === "string" && parseNetwork(item.value) !== undefined
        ? { value: item.value, source: item.source }
        : refuse(item, "it takes an address or a network, such as 10.0.0.1 or 10.0.0.0/8"),
    ),
};

/** What is spoken nowhere: takes a mount away. */
const UNMOUNTED = "none";

export type MountChange = MountConfig | { readonly path: string; readonly dialect: typeof UNMOUNTED };

/** Written PATH=DIALECT, or as a table in a file. */
export const mounts: Kind<readonly Item<MountChange>[]> = {
  placeholder: "PATH=DIALECT",
  read(raw) {
    const changes = isTable(raw.value)
      ? [...raw.value].map(([path, dialect]) => readMount(dialect, path, dialect.value))
      : itemsOf(raw).map((item) => {
          const text = typeof item.value === "string" ? item.value : "";
          const equals = text.lastIndexOf("=");
          if (equals < 1) return refuse(item, "it takes a path and a dialect, such as /ws=echo");
          return readMount(item, text.slice(0, equals), text.slice(equals + 1));
        });
    return mergeMounts([], changes);
  },
  print(items) {
    const entries = items.map(({ value: { path, dialect } }) => `${JSON.stringify(path)} = "${dialect}"`);
    return `{ ${entries.join(", ")} }`;
  },
};

function readMount(raw: RawValue, path: string, name: RawValue["value"]): Item<MountChange> {
  const names = [...DIALECT_NAMES, UNMOUNTED] as const;
  const dialect = names.find((each) => each === name);
  if (dialect === undefined) {
    const near = nearest(String(name), names);
    return refuse(
      raw,
      near === undefined ? `it takes a dialect: ${names.join(", ")}` : `did you mean the dialect ${near}?`,
    );
  }
  const change = { path, dialect } as MountChange;
  const wrong = wrongWithMount({ path, dialect: dialect === UNMOUNTED ? "native" : dialect });
  return wrong === undefined ? { value: change, source: raw.source } : refuse(raw, wrong);
}

/** The higher replace the lower of the same path. */
export function mergeMounts(
  lower: readonly Item<MountChange>[],
  higher: readonly Item<MountChange>[],
): readonly Item<MountChange>[] {
  const merged = new Map(lower.map((item) => [mountKey(item.value.path), item]));
  for (const item of higher) merged.set(mountKey(item.value.path), item);
  return [...merged.values()];
}

export function isMounted(change: MountChange): change is MountConfig {
  return change.dialect !== UNMOUNTED;
}
