import { defaultsOf, type Limit, type LimitValues } from "@fanfare/server/limits";
import { SHARED_LIMITS } from "./todo.ts";

const UP_TO_A_MILLION = { unit: "count", least: 1, most: 1_000_000 } as const;

/** Limits of what is kept (SPEC TODO-10). */
export const TODO_LIMITS = {
  todosPerList: {
    ...UP_TO_A_MILLION,
    key: "limits.todos_per_list",
    default: 10_000,
    help: "to-dos of a list",
  },
  todosPerUser: {
    ...UP_TO_A_MILLION,
    key: "limits.todos_per_user",
    default: 10_000,
    help: "to-dos that one user has created, and that are still there",
  },
  todosOfGuests: {
    ...UP_TO_A_MILLION,
    key: "limits.todos_of_guests",
    default: 50_000,
    help: "to-dos that all guests together have created",
  },
  /** More than guests have to-dos, so that they leave some to users. */
  lists: {
    ...UP_TO_A_MILLION,
    key: "limits.todo_lists",
    default: 100_000,
    help: "lists of to-dos, of everyone",
  },
} as const satisfies Record<string, Limit>;

export type TodoLimits = LimitValues<typeof TODO_LIMITS>;
export const DEFAULT_TODO_LIMITS: TodoLimits = defaultsOf(TODO_LIMITS);

/** Limits that no setting changes. Sizes in bytes, times in milliseconds. */
export const FIXED_LIMITS = {
  ...SHARED_LIMITS,
  body: 64 * 1024,
  /** To-dos, or lists, on one page unless the client asks for another number. */
  usualPage: 100,
  /** How long a deleted to-do stays known by its id, and how many of a user, or of all guests. */
  deletedKnownMs: 7 * 24 * 3_600_000,
  deletedKnown: 10_000,
  /** Notifications that wait to be published; past it the service refuses changes. */
  waitingNotifications: 100_000,
  /** Requests under way at a time; past it the service answers 503. */
  requests: 256,
  /** Requests under way of one user, of a guest's address, and of all guests together. */
  requestsPerUser: 64,
  requestsPerAddress: 32,
  requestsOfGuests: 128,
  /** How long a client may take to send a body: less than the 8 s after which Bun may cut an idle request. */
  bodyMs: 7_000,
} as const;
