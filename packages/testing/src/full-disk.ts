import { ServerProcess } from "./server-process.ts";

/** A server whose files may not grow past `kilobytes`: its writes fail in the midst of a commit, as on a full disk. */
export function startOnFullDisk(data: string, kilobytes: number): Promise<ServerProcess> {
  // While SIGXFSZ is ignored, the write fails with EFBIG instead.
  return ServerProcess.startBy(["bash", "-c", `trap "" XFSZ; ulimit -f ${kilobytes}; exec "$0" "$@"`], data);
}
