import { figure, type Section } from "../figures/section.ts";
import { openFileLimit } from "../processes/open-file-limit.ts";
import type { RunScope } from "../processes/run-scope.ts";
import { settledMemory } from "../processes/settled-memory.ts";
import { FanfareServer, type ServerSettings } from "../servers/fanfare-server.ts";
import { startGenerator } from "./start-generator.ts";

const MEMBERS = 10;
/** They come before the first look, so that what a server sets up once is not counted. */
const FIRST_ROOMS = 50;
const ROOMS = 500;
/** Files that a process needs besides. */
const OTHER_FILES = 200;

/** What a connection costs that said hello, joined, and says nothing more. */
export async function measureIdle(scope: RunScope, settings: ServerSettings): Promise<Section> {
  const server = await FanfareServer.start(scope, settings);
  const limit = openFileLimit();
  const rooms = Math.min(ROOMS, Math.floor((limit - OTHER_FILES) / MEMBERS) - FIRST_ROOMS);
  const connections = {
    dialect: "native",
    url: server.url,
    listeners: MEMBERS,
    publishers: 0,
    publishersJoin: false,
    rest: 0,
  } as const;
  const first = await startGenerator(scope, { ...connections, prefix: "first:", rooms: FIRST_ROOMS });
  const before = await settledMemory(server.pid);
  const others = await startGenerator(scope, { ...connections, prefix: "idle:", rooms });
  const after = await settledMemory(server.pid);
  const kilobytes = (after - before) / (rooms * MEMBERS) / 1024;
  const section: Section = {
    title: `Idle: ${(rooms * MEMBERS).toLocaleString("en-US")} connections more, ${MEMBERS} per room, hello and join`,
    figures: [
      figure("per connection", "KB", [kilobytes]),
      figure("server before", "MB", [before / 1024 ** 2]),
      figure("server after", "MB", [after / 1024 ** 2]),
    ],
    notes: [
      `resident memory; ${FIRST_ROOMS * MEMBERS} connections stood before; open files: at most ${limit}`,
    ],
    faults: [],
  };
  await Promise.all([first.kill(), others.kill()]);
  await server.stop();
  return section;
}
