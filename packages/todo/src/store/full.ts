/** Thrown where there is no room, so that the transaction is rolled back. The message says what there can be. */
export class Full extends Error {
  override readonly name = "Full";
}
