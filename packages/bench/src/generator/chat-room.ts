/** State that all connections of one chat room share. */
export class ChatRoom {
  readonly name: string;
  /** Frames that its publishers wrote; each is one message for every member. */
  sent = 0;

  constructor(name: string) {
    this.name = name;
  }
}
