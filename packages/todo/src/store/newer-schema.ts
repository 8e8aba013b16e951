/** A later version of Fanfare made the tables. They stay as they are. */
export class NewerSchema extends Error {
  override readonly name = "NewerSchema";
}
