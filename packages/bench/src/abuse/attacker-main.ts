/** The program of an attacker process. */

import { serveRpc } from "../processes/rpc-server.ts";
import type { AttackerMethods } from "./attacker-process.ts";
import { attacks, preparations } from "./attacks.ts";

serveRpc<AttackerMethods>({
  prepare: async ({ name, url }) => {
    await preparations[name]?.(new URL(url));
    return name in preparations;
  },
  attack: ({ name, url }) => attacks[name](new URL(url)),
});
