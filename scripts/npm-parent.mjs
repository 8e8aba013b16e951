/**
 * Makes this process end once the npm that runs it as a script is gone. Killed outright, or by a SIGHUP of its own,
 * npm forwards nothing, and a server in the background would keep its port.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM"); // which goes on to the child, if there is one
  }, 1_000);
  watch.unref();
}
