/** The program of an attacker process. */

import { answerOrders } from "../processes/answer-orders.ts";
import { attacks } from "./attacks.ts";
import type { AttackerOrders } from "./orders.ts";

answerOrders<AttackerOrders>({
  attack: ({ name, url }) => attacks[name](new URL(url)),
});
