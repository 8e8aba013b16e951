import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const MODULES = fileURLToPath(new URL("../../../../node_modules/", import.meta.url));

export interface NodeVersion {
  readonly name: string;
  /** Undefined if it is not installed. */
  readonly path: string | undefined;
  /** Whether it has a WebSocket of its own. */
  readonly hasWebSocket: boolean;
}

/** The Node of this machine's path, and those of the packages `node22` and `node24` (`npm:node@22`, `npm:node@24`). */
export const NODE_VERSIONS: readonly NodeVersion[] = [
  { name: "the Node of the path", path: "node", hasWebSocket: false },
  ...[22, 24].map((major) => {
    const path = `${MODULES}node${major}/bin/node`;
    return { name: `Node ${major}`, path: existsSync(path) ? path : undefined, hasWebSocket: true };
  }),
];

for (const { name, path } of NODE_VERSIONS) {
  if (path === undefined) console.warn(`SKIPPED: ${name} is not installed, so the SDK is not tested in it.`);
}
