import { faultFields, type Log } from "@fanfare/server";
import { WebApps } from "@fanfare/web";
import type { ValueOf } from "./configuration/settings.ts";

/** The web apps by the setting `web`; undefined where they are off. `prepare` starts the build. */
export function webPages(wanted: ValueOf<"web">, log: Log): WebApps | undefined {
  if (wanted === "off") return undefined;
  return new WebApps({
    watch: wanted === "watch",
    onBuilt: ({ ms, fresh }) => log[fresh ? "info" : "debug"]("web.ready", { ms, built: fresh }),
    onFailure: (error) => log.error("web.failed", faultFields(error)),
  });
}
