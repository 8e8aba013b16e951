/** Milliseconds within which anything that a test waits for must come. It bounds failures alone: tests wait for events. */
export const DEADLINE = 20_000;
