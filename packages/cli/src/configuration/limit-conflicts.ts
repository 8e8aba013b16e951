import {
  type Config,
  defaultWaitingPerNode,
  largestData,
  RATE_BURST_S,
  RATE_EXCESS_MS,
} from "@fanfare/server";
import { UsageError } from "../usage-error.ts";
import { formatSize } from "./quantity.ts";
import { locationPrefix } from "./raw-value.ts";
import type { ResolvedSettings } from "./resolved-settings.ts";
import { type Key, nameBySource, SETTINGS } from "./settings.ts";

/** Frames that a bound must hold: one that is being handled, and the one behind it. */
const FRAMES = 2;

type NumberKey = { [K in Key]: ResolvedSettings[K]["value"] extends number ? K : never }[Key];

/**
 * @param waitingPerNode bytes that hold where `limits.waiting_per_node` is not set
 * @throws {UsageError} naming both, where one limit leaves no room for another
 */
export function checkLimits(
  settings: ResolvedSettings,
  { limits, policies, rateLimits }: Pick<Config, "limits" | "policies" | "rateLimits">,
  waitingPerNode: number = defaultWaitingPerNode(),
): void {
  const check = (key: NumberKey, other: NumberKey, needed: number, why: string) => {
    if (settings[key].value < needed) throw conflict(settings, key, other, needed, why);
  };
  for (const frame of ["limits.frame_in", "limits.frame_out"] as const) {
    const needed = FRAMES * settings[frame].value;
    check("limits.waiting_per_client", frame, needed, "it must hold two such frames");
    // Buffers may take twice the size of what is in them.
    if (limits.waitingPerNode > 0) {
      check("limits.waiting_per_node", frame, 2 * needed, "its buffers must hold two such frames");
    } else if (waitingPerNode < 2 * needed) {
      throw new UsageError(
        `${written(settings, frame)}, and a quarter of the memory that the server may use is ${formatSize(Math.floor(waitingPerNode))}: the buffers of all clients must hold two such frames; give it more memory, set limits.waiting_per_node, or lower ${nameOf(settings, frame)}`,
      );
    }
  }
  const needed = FRAMES * limits.frameIn;
  check("limits.uncommitted_per_connection", "limits.frame_in", needed, "it must hold two such frames");
  check("limits.uncommitted_per_node", "limits.frame_in", needed, "it must hold two such frames");
  if (rateLimits !== undefined) {
    const rate = Math.ceil(needed / (RATE_BURST_S + RATE_EXCESS_MS / 1_000));
    const closes = "two such frames would close a connection";
    check("rates.bytes_per_connection", "limits.frame_in", rate, closes);
    check("rates.bytes_per_user", "limits.frame_in", rate, closes);
    const slows = "two such frames would slow all guests";
    check("rates.guest_bytes_per_address", "limits.frame_in", rate, slows);
  }
  const { replayAhead, pingMs, historyPage } = limits;
  check("limits.waiting_per_client", "limits.replay_ahead", 2 * replayAhead, "it must be twice as large");
  check("limits.dead", "limits.ping", pingMs + 1_000, "a pinged client needs time to answer");
  const pages = "a page cannot have more than that";
  check("limits.history_per_page", "limits.history_page", historyPage, pages);
  checkPolicies({ limits, policies });
}

function conflict(
  settings: ResolvedSettings,
  key: NumberKey,
  other: NumberKey,
  needed: number,
  why: string,
): UsageError {
  const fix = `set ${nameOf(settings, key)} to at least ${formatted(key, needed)}, or lower ${nameOf(settings, other)}`;
  return new UsageError(`${written(settings, other)} and ${written(settings, key)}: ${why}; ${fix}`);
}

function nameOf(settings: ResolvedSettings, key: NumberKey): string {
  return nameBySource(key, settings[key].source);
}

/** As people write it, without the quotes of TOML. */
function formatted(key: NumberKey, value: number): string {
  return (SETTINGS[key].type.format(value) ?? "").replaceAll('"', "");
}

function written(settings: ResolvedSettings, key: NumberKey): string {
  const { source, value } = settings[key];
  return `${locationPrefix(source)}${nameOf(settings, key)} is ${formatted(key, value)}`;
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
