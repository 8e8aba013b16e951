import { type Config, largestData, RATE_BURST_S, RATE_EXCESS_MS } from "@fanfare/server";
import { UsageError } from "../usage-error.ts";
import { formatSize } from "./quantity.ts";
import { locationPrefix } from "./raw-value.ts";
import type { ResolvedSettings } from "./resolved-settings.ts";
import { type Key, nameBySource, SETTINGS } from "./settings.ts";

/** Frames that a bound must hold: one that is being handled, and the one behind it. */
const FRAMES = 2;

type NumberKey = { [K in Key]: ResolvedSettings[K]["value"] extends number ? K : never }[Key];

/** @throws {UsageError} naming both, where one limit leaves no room for another. */
export function checkLimits(
  settings: ResolvedSettings,
  config: Pick<Config, "limits" | "policies" | "rateLimits">,
) {
  for (const frame of ["limits.frame_in", "limits.frame_out"] as const) {
    const needed = FRAMES * settings[frame].value;
    // Its buffers may take twice the size of what is in them. 0 stands for a part of the memory.
    if (settings["limits.waiting_per_node"].value > 0)
      atLeast(
        settings,
        "limits.waiting_per_node",
        frame,
        2 * needed,
        "its buffers must hold two such frames",
      );
    const why = "it must hold two such frames";
    atLeast(settings, "limits.waiting_per_client", frame, needed, why);
    if (frame === "limits.frame_out") continue;
    atLeast(settings, "limits.uncommitted_per_connection", frame, needed, why);
    atLeast(settings, "limits.uncommitted_per_node", frame, needed, why);
    if (config.rateLimits === undefined) continue;
    const rate = Math.ceil(needed / (RATE_BURST_S + RATE_EXCESS_MS / 1_000));
    const closes = "two such frames would close a connection";
    atLeast(settings, "rates.bytes_per_connection", frame, rate, closes);
    atLeast(settings, "rates.bytes_per_user", frame, rate, closes);
    atLeast(settings, "rates.guest_bytes_per_address", frame, rate, "two such frames would slow all guests");
  }
  const ahead = settings["limits.replay_ahead"].value;
  atLeast(
    settings,
    "limits.waiting_per_client",
    "limits.replay_ahead",
    2 * ahead,
    "it must be twice as large",
  );
  const ping = settings["limits.ping"].value;
  atLeast(settings, "limits.dead", "limits.ping", ping + 1_000, "a pinged client needs time to answer");
  const page = settings["limits.history_page"].value;
  atLeast(
    settings,
    "limits.history_per_page",
    "limits.history_page",
    page,
    "a page cannot have more than that",
  );
  checkPolicies(config);
}

function atLeast(
  settings: ResolvedSettings,
  key: NumberKey,
  other: NumberKey,
  needed: number,
  why: string,
): void {
  if (settings[key].value >= needed) return;
  const written = (value: number) => SETTINGS[key].type.format(value)?.replaceAll('"', "");
  const name = (each: NumberKey) => nameBySource(each, settings[each].source);
  const is = (each: NumberKey) =>
    `${name(each)} is ${(SETTINGS[each].type.format(settings[each].value) ?? "").replaceAll('"', "")}`;
  throw new UsageError(
    `${locationPrefix(settings[other].source)}${is(other)} and ${locationPrefix(settings[key].source)}${is(key)}: ${why}; set ${name(key)} to at least ${written(needed)}, or lower ${name(other)}`,
  );
}

function checkPolicies({ limits, policies }: Pick<Config, "limits" | "policies">): void {
  const most = largestData(limits);
  for (const { pattern, maxDataBytes } of policies) {
    if (maxDataBytes === Number.POSITIVE_INFINITY || maxDataBytes <= most) continue;
    throw new UsageError(
      `max_data of the policy ${pattern} is ${formatSize(maxDataBytes)}, but with limits.frame_in = ${formatSize(limits.frameIn)} and limits.waiting_per_client = ${formatSize(limits.waitingPerClient)} a message has at most ${formatSize(most)}; lower max_data, or raise both limits`,
    );
  }
}
