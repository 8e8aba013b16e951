/** The configuration of tokens cannot be used. The message says why, and what to do. */
export class AuthError extends Error {}
