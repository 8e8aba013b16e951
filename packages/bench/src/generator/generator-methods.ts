/** The methods of a generator process. */
export interface GeneratorMethods {
  /** Opens all connections and joins the rooms. Once per process. */
  readonly connect: { readonly params: ConnectOptions; readonly result: { readonly connections: number } };
  readonly publish: { readonly params: PublishOptions; readonly result: null };
  /** Stops publishing, and waits until every accepted message has reached its members. */
  readonly drain: { readonly params: DrainOptions; readonly result: null };
  readonly sample: { readonly params: { readonly serverPid: number }; readonly result: Sample };
}

export interface ConnectOptions {
  /** `raw`: members count the frames of a server that publishes by itself. */
  readonly dialect: "native" | "chat" | "raw";
  /** `ws://HOST:PORT` */
  readonly url: string;
  /** Rooms are called `<prefix>1`, `<prefix>2` and so on. */
  readonly prefix: string;
  readonly rooms: number;
  /** Per room: connections that only listen, and connections that publish. */
  readonly listeners: number;
  readonly publishers: number;
  /** Whether native publishers are members as well; chat publishers always are. */
  readonly publishersJoin: boolean;
  /**
   * Milliseconds that the generator sleeps between turns of its event loop. It then reads less often and more at a time,
   * which costs both sides less, and the latencies that it measures are longer by as much. 0 where latencies matter.
   */
  readonly rest: number;
}

export interface PublishOptions {
  /** Bytes of `data`, or of a chat message's content. */
  readonly size: number;
  /**
   * Publishes in flight per publisher; native ones, which are numbered, at most 64. `null`: as fast as the socket takes them, without numbers, and
   * ignoring the acks.
   */
  readonly window: number | null;
  /** Whether publishes that are sent at the same time share a frame. */
  readonly batch: boolean;
}

export interface DrainOptions {
  /** Frames that every raw member must have received by now. */
  readonly published?: number;
  /** Milliseconds without any arrival after which it gives up waiting. */
  readonly patience: number;
}

/** Counts since the generator's start; `latencies` since the last sample. */
export interface Sample {
  /** Milliseconds, the generator's clock. */
  readonly at: number;
  readonly deliveries: number;
  readonly frames: number;
  readonly bytes: number;
  readonly sent: number;
  readonly acks: number;
  readonly specimen: string | null;
  readonly latencies: readonly number[];
  readonly faultCount: number;
  readonly faults: readonly string[];
  readonly closes: Readonly<Record<string, number>>;
  /** Listening connections that are still open. */
  readonly listening: number;
  /** Processor time in milliseconds. The last two are null where the system has no /proc. */
  readonly generatorTime: number;
  readonly serverTime: number | null;
  /** Of all processes together, these two included. */
  readonly machineTime: number | null;
}
