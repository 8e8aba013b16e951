/** What the parent may ask of a generator process, and what it gets back. All of it passes as JSON. */
export interface GeneratorOrders {
  /** Connects and joins everybody. Once per process. */
  readonly gather: { readonly order: Gathering; readonly reply: { readonly connections: number } };
  readonly publish: { readonly order: Publishing; readonly reply: null };
  /** Stops publishing, and waits until whatever was accepted has reached everybody it is for. */
  readonly hush: { readonly order: Hushing; readonly reply: null };
  readonly sample: { readonly order: { readonly serverPid: number }; readonly reply: Sample };
}

export interface Gathering {
  /** `raw` members count the frames of a server that publishes by itself. */
  readonly dialect: "native" | "chat" | "raw";
  /** `ws://HOST:PORT` */
  readonly url: string;
  /** Rooms are called `<prefix>1`, `<prefix>2` and so on. */
  readonly prefix: string;
  readonly rooms: number;
  /** Per room: connections that listen alone, and connections that publish. */
  readonly listeners: number;
  readonly publishers: number;
  /** Whether native publishers are members, too. In chat they always are. */
  readonly publishersJoin: boolean;
  /**
   * Milliseconds that the generator sleeps between its turns: it then reads less often and more at a time, which costs
   * less on both sides, and what it measures as time is longer by as much. 0 where times matter.
   */
  readonly rest: number;
}

export interface Publishing {
  /** Bytes of `data`, or of a chat message's content. */
  readonly size: number;
  /**
   * Publishes in flight per publisher; native ones, which are numbered, at most 64. `null`: as fast as the socket takes them, without numbers and
   * without a look at the acks.
   */
  readonly window: number | null;
  /** Whether the publishes that may leave at the same moment share a frame. */
  readonly batch: boolean;
}

export interface Hushing {
  /** Frames that every raw member must have got by now. */
  readonly published?: number;
  /** Milliseconds to wait for what is still under way while nothing of it arrives. */
  readonly patience: number;
}

/** Counts since the generator's start, except `latencies`: those since the last sample. */
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
  /** Connections that still stand, of those that listen. */
  readonly listening: number;
  /** Processor time in milliseconds. The last two are null where the system has no /proc. */
  readonly generatorTime: number;
  readonly serverTime: number | null;
  /** Of all processes together, these two included. */
  readonly machineTime: number | null;
}
