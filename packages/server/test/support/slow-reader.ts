import type { Subprocess } from "bun";

/** Takes one byte a second out of its socket, as no socket of this program can: each byte is read by a `dd`. */
const SCRIPT = `
exec 3<>"/dev/tcp/$1/$2" || exit 1
printf 'GET %s HTTP/1.1\\r\\nHost: %s:%s\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n' "$3" "$1" "$2" >&3
while :; do
  n=$(dd bs=1 count=1 status=none <&3 2>/dev/null | wc -c) || break
  [ "$n" = 1 ] || break
  echo .
  sleep 1
done
`;

export function startSlowReader(server: URL, path: string) {
  const child: Subprocess<"ignore", "pipe", "inherit"> = Bun.spawn(
    ["bash", "-c", SCRIPT, "slow-reader", server.hostname, server.port, path],
    { stdin: "ignore", stdout: "pipe", stderr: "inherit" },
  );
  const output = new Response(child.stdout).text();
  return {
    /** Ends it. @returns how many it has read */
    async bytesRead(): Promise<number> {
      child.kill();
      return (await output).length / 2;
    },
    [Symbol.dispose]: () => child.kill(),
  };
}
