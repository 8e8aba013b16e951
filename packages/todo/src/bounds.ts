/** How much the service takes. Sizes in bytes, times in milliseconds. */
export const BOUNDS = {
  /** Characters (code points), as for the name of a list. */
  title: 500,
  listName: 64,
  body: 64 * 1024,
  /** To-dos, or lists, on one page, at most and unless asked for. */
  page: 200,
  usualPage: 100,
  todosPerList: 10_000,
  lists: 10_000,
  /** For so long, in ms, a deleted to-do is known by its id. */
  deletedKnown: 7 * 24 * 3_600_000,
  /** Requests under way at a time; past it they are asked to come back. */
  requests: 256,
  /** Of one user, and of all guests together: whoever sends slowly keeps nobody else out. */
  requestsPerUser: 64,
  requestsOfGuests: 128,
  /** What a client may take to send a body. */
  bodyMs: 10_000,
} as const;
