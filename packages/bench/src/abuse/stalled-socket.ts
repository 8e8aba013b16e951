import { dlopen } from "bun:ffi";
import { clientFrame, OPCODE } from "@fanfare/testing/frame-writer";

/** Linux, x64 and arm64. */
const AF_INET = 2;
const SOCK_STREAM = 1;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const IPPROTO_TCP = 6;
const TCP_MAXSEG = 2;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

const PONG = clientFrame(OPCODE.pong, Buffer.alloc(0));

const { symbols: libc } = dlopen("libc.so.6", {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  send: { args: ["i32", "ptr", "u64", "i32"], returns: "i32" },
  recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
});

/**
 * A socket that reads nothing, of a client in another network. Over loopback the segments of a connection are so large
 * that the system buffers 4 MB of each, and a thousand stalled ones bring the machine to its limit of TCP memory before
 * the server has anything to keep; so this one asks for segments of Ethernet's size and for a small window, which no
 * socket of the runtime can.
 */
export class StalledSocket {
  private constructor(private readonly descriptor: number) {}

  /**
   * @param request for a WebSocket, whose answer is the last that it reads
   * @param frames are sent then
   * @throws where the system refuses it
   */
  static connect(url: URL, request: string, frames: Buffer): StalledSocket {
    const descriptor = libc.socket(AF_INET, SOCK_STREAM, 0);
    if (descriptor < 0) throw new Error("no socket can be made");
    const socket = new StalledSocket(descriptor);
    socket.#set(SOL_SOCKET, SO_RCVBUF, 16 * 1024);
    socket.#set(IPPROTO_TCP, TCP_MAXSEG, 1_400);
    const address = Buffer.alloc(16);
    address.writeUInt16LE(AF_INET, 0);
    address.writeUInt16BE(Number(url.port), 2);
    address.set(url.hostname.split(".").map(Number), 4);
    if (libc.connect(descriptor, address, address.length) !== 0) throw new Error(`${url.host} refuses`);
    socket.#send(Buffer.from(request));
    libc.recv(descriptor, Buffer.alloc(1_024), 1_024, 0);
    socket.#send(frames);
    return socket;
  }

  /** Whether the server keeps the connection; it takes two calls to notice that it does not. */
  get isOpen(): boolean {
    return this.#send(PONG) >= 0;
  }

  close(): void {
    libc.close(this.descriptor);
  }

  #send(bytes: Buffer): number {
    return libc.send(this.descriptor, bytes, bytes.length, MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  #set(level: number, option: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    libc.setsockopt(this.descriptor, level, option, bytes, bytes.length);
  }
}
