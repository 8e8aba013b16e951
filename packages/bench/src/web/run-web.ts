import type { WebCommand } from "../command-line.ts";
import { inWords, thisMachine } from "../figures/machine.ts";
import { tableOf } from "../figures/table.ts";
import type { RunScope } from "../processes/run-scope.ts";
import { measureChatPage } from "./measure-chat-page.ts";

/** @returns whether nothing went wrong */
export async function runWeb(scope: RunScope, { server, engine, messages }: WebCommand): Promise<boolean> {
  console.log(`Fanfare, ${engine} engine, and a browser on one machine: ${inWords(thisMachine())}\n`);
  const section = await measureChatPage(scope, { program: server, engine }, messages);
  console.log(tableOf(section));
  return section.faults.length === 0;
}
