/**
 * Makes a command run in a network of its own, with nothing but a loopback interface, on which the test may set what
 * it likes; the network ends with the command.
 *
 * @param setUp a line of shell that runs there first, as root.
 */
export function inOwnNetwork(setUp: string, command: readonly string[]): string[] {
  const script = `ip link set lo up && ${setUp} && exec "$0" "$@"`;
  return ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", script, ...command];
}

/** Whether this machine lets us have one. */
export async function canOwnNetwork(): Promise<boolean> {
  try {
    const stdio = ["ignore", "ignore", "ignore"] as const;
    return (await Bun.spawn({ cmd: inOwnNetwork("true", ["true"]), stdio: [...stdio] }).exited) === 0;
  } catch {
    return false; // no `unshare`
  }
}
