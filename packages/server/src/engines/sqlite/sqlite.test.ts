import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EngineSettings,
  engineContract,
  type OpenEngine,
} from "../../../testing/engine-contract/engine-contract.ts";
import { SqliteEngine } from "./index.ts";
import { SqliteNode } from "./sqlite-node.ts";

async function open(directory: string, settings: EngineSettings): Promise<OpenEngine> {
  const engine = await SqliteEngine.open({ ...settings, directory });
  return {
    engine,
    crash: (node) => {
      if (node instanceof SqliteNode) node.simulateHang();
    },
    reopen: async (how) => {
      await (how === "crash" ? engine.terminate() : engine.close());
      return open(directory, settings);
    },
    dispose: async () => {
      await engine.close();
      rmSync(directory, { recursive: true });
    },
  };
}

engineContract("sqlite engine", {
  capabilities: { durable: true },
  open: (settings) => open(mkdtempSync(join(tmpdir(), "fanfare-")), settings),
});
