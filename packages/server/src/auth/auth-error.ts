/** What is configured for tokens cannot be used; the message says why, and how to mend it. */
export class AuthError extends Error {}
