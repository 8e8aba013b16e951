/** Loaded before the server: uncaught faults, with a text as a client might have sent it. */
const TEXT = 'bang \x1b[31m\r\n{"event":"forged"} eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.dGVzdA';

process.once("SIGUSR2", () => {
  throw new Error(TEXT);
});
process.once("SIGWINCH", () => {
  void Promise.reject(new Error(TEXT));
});
