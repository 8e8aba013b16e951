import { connect } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Latin-1 text, one character per byte. */
  readonly body: string;
}

/** Status line and headers, of which only Content-Length counts. */
const HEAD = /^HTTP\/1\.1 (\d{3}) [^\r]*\r\n([\s\S]*?\r\n)??\r\n/;

/**
 * Sends bytes over a TCP connection of its own, as no HTTP library would, and reads until there are so many answers or the
 * server has closed the connection; then closes it.
 *
 * @param parts Latin-1 text, one character per byte, each written at once; a function is waited for
 */
export async function rawExchange(
  server: URL,
  count: number,
  ...parts: readonly (string | (() => Promise<unknown>))[]
): Promise<{ readonly answers: readonly RawAnswer[]; readonly closed: boolean }> {
  const socket = connect({ host: server.hostname, port: Number(server.port), noDelay: true });
  let received = "";
  const ended = Promise.withResolvers<boolean>();
  socket.on("data", (bytes) => {
    received += bytes.toString("latin1");
    if (answersIn(received).length >= count) ended.resolve(false);
  });
  socket.on("error", () => {}); // "close" follows
  socket.on("close", () => ended.resolve(true));
  for (const part of parts) {
    if (typeof part === "string") socket.write(Buffer.from(part, "latin1"));
    else await part();
  }
  const closed = await ended.promise;
  socket.destroy();
  return { answers: answersIn(received), closed };
}

/** The answers that are complete. */
function answersIn(received: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = received; ; ) {
    const [head, status, headers = ""] = HEAD.exec(rest) ?? [];
    if (head === undefined) return answers;
    const end = head.length + Number(/^content-length: *(\d+)\r$/im.exec(headers)?.[1] ?? 0);
    if (end > rest.length) return answers;
    answers.push({ status: Number(status), body: rest.slice(head.length, end) });
    rest = rest.slice(end);
  }
}
