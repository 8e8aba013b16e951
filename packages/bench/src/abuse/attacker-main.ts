/** The program of an attacker process. */

import { serveRpc } from "../processes/rpc-server.ts";
import type { AttackerMethods } from "./attacker-process.ts";
import { attacks } from "./attacks.ts";

serveRpc<AttackerMethods>({
  attack: ({ name, url }) => attacks[name](new URL(url)),
});
