export { FrameError, type FrameSink, FrameWalker, OPCODE } from "./socket/frame-walker.ts";
export { FrameWriter, frameOf } from "./socket/frame-writer.ts";
export { HandshakeError } from "./socket/handshake.ts";
export { WebSocketClient, type WebSocketEvents, type WebSocketOptions } from "./socket/web-socket-client.ts";
