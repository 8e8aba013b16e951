/** What all connections of one native room know together. */
export class NativeRoom {
  readonly name: string;
  /** The newest offset that any publisher got an ack for. */
  acknowledged = 0;

  constructor(name: string) {
    this.name = name;
  }
}
