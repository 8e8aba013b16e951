/** How often, per second. For a moment ten times as often, if it was quiet before (SPEC LIMIT-3). */
export interface Rates {
  readonly handshakesPerAddress: number;
  /** Requests that ask for no WebSocket. */
  readonly httpPerAddress: number;
  /** The requests of a batch count one by one. */
  readonly requestsPerConnection: number;
  readonly requestsPerUser: number;
  /** Bytes of frames. */
  readonly bytesPerConnection: number;
  readonly bytesPerUser: number;
  /** Pings and pongs. */
  readonly controlFrames: number;
  /** Rooms that get their first message, or their first member on this node. */
  readonly roomsPerConnection: number;
}

export const DEFAULT_RATES: Rates = {
  handshakesPerAddress: 50,
  httpPerAddress: 100,
  requestsPerConnection: 200,
  requestsPerUser: 500,
  bytesPerConnection: 512 * 1024,
  bytesPerUser: 1024 * 1024,
  controlFrames: 10,
  roomsPerConnection: 100,
};

/** Off where only this machine can connect; on elsewhere. */
export function ratesHold(apply: "auto" | "on" | "off", isLocal: boolean): boolean {
  return apply === "auto" ? !isLocal : apply === "on";
}
