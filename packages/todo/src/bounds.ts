/** How much is kept at most, as configured (SPEC TODO-10). */
export interface TodoLimits {
  readonly todosPerList: number;
  /** That one user has created, and that are still there; of all guests together. */
  readonly todosPerUser: number;
  readonly todosOfGuests: number;
  /** Of everyone. More than guests have to-dos, so that they leave some to users. */
  readonly lists: number;
}

export const DEFAULT_TODO_LIMITS: TodoLimits = {
  todosPerList: 10_000,
  todosPerUser: 10_000,
  todosOfGuests: 50_000,
  lists: 100_000,
};

/** How much else the service takes. Sizes in bytes, times in milliseconds. */
export const BOUNDS = {
  /** Characters (code points), as for the name of a list. */
  title: 500,
  listName: 64,
  body: 64 * 1024,
  /** To-dos, or lists, on one page, at most and unless asked for. */
  page: 200,
  usualPage: 100,
  /** For so long, in ms, a deleted to-do is known by its id, and so many of a user, or of all guests. */
  deletedKnownMs: 7 * 24 * 3_600_000,
  deletedKnown: 10_000,
  /** Notifications that wait to be told; past it nothing is changed. */
  untold: 100_000,
  /** Requests under way at a time; past it they are asked to come back. */
  requests: 256,
  /** Of one user, and of all guests together: whoever sends slowly keeps nobody else out. */
  requestsPerUser: 64,
  requestsOfGuests: 128,
  /** What a client may take to send a body. */
  bodyMs: 10_000,
} as const;
