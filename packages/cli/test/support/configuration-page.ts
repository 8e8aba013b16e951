/** The lists of settings in docs/configuration.md. `npm run docs` runs this file, which writes them. */
import { fileURLToPath } from "node:url";
import { POLICY_KEYS } from "../../src/configuration/policies.ts";
import { flagOf, variableOf } from "../../src/configuration/setting.ts";
import { KEYS_BY_GROUP, type Key, SETTINGS } from "../../src/configuration/settings.ts";
import { shown } from "../../src/help.ts";

/** The page with its lists made anew, between their marks. */
export function configurationPage(page: string): string {
  return replace(replace(page, "settings", settings()), "policies", policies());
}

function replace(page: string, mark: string, list: string): string {
  const pattern = new RegExp(`(<!-- ${mark} -->\n)[\\s\\S]*?(<!-- /${mark} -->)`);
  return page.replace(pattern, (_, begin: string, end: string) => `${begin}${list}\n${end}`);
}

function settings(): string {
  return KEYS_BY_GROUP.map(([heading, keys]) => {
    const rows = keys.map(
      (key) => `| ${[`\`${key}\``, ...ways(key), usual(key), SETTINGS[key].help].join(" | ")} |`,
    );
    return `### ${heading}\n\n| key | variable | flag | default | |\n|---|---|---|---|---|\n${rows.join("\n")}`;
  }).join("\n\n");
}

function ways(key: Key): string[] {
  const flag = flagOf(key, SETTINGS[key]);
  const written = `${flag} ${SETTINGS[key].type.placeholder}`.trim().replaceAll("|", "\\|");
  return [`\`${variableOf(key)}\``, flag === undefined ? "" : `\`${written}\``];
}

function usual(key: Key): string {
  if (key === "mounts" || key === "policies") return "see below";
  if (key === "origins" || key === "trusted_proxies") return "none";
  const value = shown(key);
  return value === "" ? "" : `\`${value}\``;
}

function policies(): string {
  const rows = [...POLICY_KEYS].map(([name, { placeholder, help }]) => {
    const values = placeholder === "" ? "`true` or `false`" : `\`${placeholder.replaceAll("|", "\\|")}\``;
    return `| \`${name}\` | ${values} | ${help} |`;
  });
  return `| key | value | |\n|---|---|---|\n${rows.join("\n")}`;
}

if (import.meta.main) {
  const file = fileURLToPath(new URL("../../../../docs/configuration.md", import.meta.url));
  await Bun.write(file, configurationPage(await Bun.file(file).text()));
}
