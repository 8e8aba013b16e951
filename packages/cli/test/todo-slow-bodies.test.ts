import { expect, test } from "bun:test";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";

const ATTACKER = "192.0.2.1";
/** Of another network, and two of one IPv6 network of 64 bits, which count as one address. */
const OTHER = "198.51.100.1";
const [IPV6, ITS_NEIGHBOUR] = ["2001:db8:1:2::3", "2001:db8:1:2::4"];

const flags = ["--web=off", "--trusted-proxy=127.0.0.1", "--rates-apply=off"];
const forwarded = (address: string) => ({ "x-forwarded-for": address });

/** Sends the head of a request and the first byte of its body, so many times. */
async function sendSlowBodies(server: URL, from: string, count: number) {
  const answered = Promise.withResolvers<string>();
  const head = `POST /api/todos HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${from}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{`;
  const sockets = await Promise.all(
    Array.from({ length: count }, () =>
      Bun.connect({
        hostname: server.hostname,
        port: Number(server.port),
        socket: {
          open: (socket) => void socket.write(head),
          data: (_, bytes) => answered.resolve(bytes.toString("latin1").split("\r\n")[0] ?? ""),
          close: () => answered.resolve("closed without an answer"),
          error() {},
        },
      }),
    ),
  );
  return {
    firstAnswer: answered.promise,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.terminate();
    },
  };
}

test.each([
  [ATTACKER, ATTACKER],
  [IPV6, ITS_NEIGHBOUR],
])(
  "TODO-11: slow bodies of %s take the requests of %s alone, guests of other addresses go on",
  async (attacker, own) => {
    using place = scratchDirectory();
    await using server = await ServerProcess.start(place.path, ...flags);
    const client = new TodoClient(server.url);
    const statusFor = async (from: string) =>
      (await client.ask("GET", "?list=groceries", undefined, forwarded(from))).status;
    using _slow = await sendSlowBodies(server.url, attacker, 128);
    // The server reads the requests in any order: this one is refused once enough of them are under way.
    let status = await statusFor(own);
    while (status === 200) status = await statusFor(own);
    expect(status).toBe(503);
    expect(await statusFor(OTHER)).toBe(200);
    const created = await client.ask("POST", "", { list: "groceries", title: "Milk" }, forwarded(OTHER));
    expect(created.status).toBe(201);
  },
);

test("TODO-11: a body that does not come is answered with 408", async () => {
  using place = scratchDirectory();
  await using server = await ServerProcess.start(place.path, ...flags);
  using slow = await sendSlowBodies(server.url, OTHER, 1);
  expect(await slow.firstAnswer).toBe("HTTP/1.1 408 Request Timeout");
});
