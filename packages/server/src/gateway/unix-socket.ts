import { lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { ListenError } from "./listen-error.ts";

/** Owner and group may connect. */
export const SOCKET_MASK = 0o117;

/**
 * Removes a socket that a crash left behind at `path`. The caller holds the lock of the data directory, so that no two
 * servers of the same data do this at once.
 *
 * @throws {ListenError} if another server answers at the socket, or if the file is no socket.
 */
export async function clearSocketPath(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new ListenError("ENOTSOCK", `${path} is there and is no socket; choose another path, or remove it`);
  }
  if (await isAnswered(path)) {
    throw new ListenError(
      "EADDRINUSE",
      `the socket ${path} is in use by another server; stop that one, or choose another path`,
    );
  }
  unlinkSync(path);
}

/** Whether a process listens at the socket. Only a refused connection shows that none does. */
function isAnswered(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.on("connect", () => {
    socket.destroy();
    resolve(true);
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT");
  });
  return promise;
}
