import { ServerProcess } from "./server-process.ts";

/**
 * A server whose files may not grow past `kilobytes`: its engine fails to commit as it does on a full disk, in
 * the midst of what it does, and with no part of it replaced.
 */
export function startOnFullDisk(data: string, kilobytes: number): Promise<ServerProcess> {
  // Ignored, the signal becomes the error EFBIG of the write.
  return ServerProcess.startBy(["bash", "-c", `trap "" XFSZ; ulimit -f ${kilobytes}; exec "$0" "$@"`], data);
}
