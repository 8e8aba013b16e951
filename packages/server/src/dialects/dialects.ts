import type { DialectName } from "../config/mount.ts";
import type { Log } from "../telemetry/log.ts";
import { chat } from "./chat/chat.ts";
import type { Dialect } from "./dialect.ts";
import { echo } from "./echo/echo.ts";
import { mirror } from "./mirror/mirror.ts";
import { native } from "./native/native.ts";
import { board } from "./record/board.ts";
import { feed } from "./record/feed.ts";

/** A dialect, and the prefix under which the names of its mounts live among the rooms. */
export interface DialectEntry {
  readonly dialect: Dialect;
  readonly prefix: string;
}

/** Every wire protocol that a mount can speak, by the name by which it is configured. */
export function dialects(log: Log): Readonly<Record<DialectName, DialectEntry>> {
  return {
    native: { dialect: native, prefix: "" },
    chat: { dialect: chat, prefix: "chat:" },
    board: { dialect: board, prefix: "board:" },
    feed: { dialect: feed, prefix: "feed:" },
    echo: { dialect: echo(log), prefix: "" },
    mirror: { dialect: mirror, prefix: "" },
  };
}
