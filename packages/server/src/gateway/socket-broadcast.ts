import type { Broadcast } from "../hub/ports.ts";
import type { Listener } from "./listener.ts";
import type { Sockets } from "./sockets.ts";

/** Publishes the hub's frames to the sockets that are subscribed to a topic. */
export class SocketBroadcast implements Broadcast {
  constructor(
    private readonly sockets: Sockets,
    private readonly listener: Listener,
  ) {}

  publish(topic: string, frame: string): void {
    this.sockets.beforePublish(topic, frame, this.listener.subscriberCount(topic));
    // Goes on in Bun, which writes the frame to every subscriber.
    this.listener.publish(topic, frame);
  }
}
