/** Thrown past a limit, so that the transaction is rolled back. The message says the limit. */
export class QuotaExceeded extends Error {
  override readonly name = "QuotaExceeded";
}
