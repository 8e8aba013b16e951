/** The tables were made by a version that knows more of them. They are left as they were. */
export class NewerTables extends Error {
  override readonly name = "NewerTables";
}
