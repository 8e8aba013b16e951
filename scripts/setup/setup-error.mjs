/** What keeps a script from doing its job, in one sentence that names the fix. */
export class SetupError extends Error {}
