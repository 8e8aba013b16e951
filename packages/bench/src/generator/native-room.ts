/** State that all connections of one native room share. */
export class NativeRoom {
  readonly name: string;
  /** The newest offset that was acknowledged to a publisher. */
  acknowledged = 0;

  constructor(name: string) {
    this.name = name;
  }
}
