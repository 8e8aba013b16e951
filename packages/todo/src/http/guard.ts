import type { Permission } from "@fanfare/server";
import { roomOf } from "../todo.ts";
import { Problem } from "./problem.ts";

/** Whoever asks: what that one may do, in the room of a list or (`*`) in those of all lists. */
export interface Guard {
  /** The name that a token proves; a guest has none. */
  readonly user?: string;
  /** @returns the sentence that says what is missing; undefined if nothing is */
  lacks(permission: Permission, room: string): Promise<string | undefined>;
}

/** Where nobody is asked who they are. */
const OPEN: Guard = { lacks: async () => undefined };

/** @throws {Problem} 403 */
export async function permit(guard: Guard = OPEN, permission: Permission, list: string): Promise<void> {
  const lacks = await guard.lacks(permission, roomOf(list));
  if (lacks !== undefined) throw new Problem(403, "forbidden", lacks);
}

/** Whether what is in the list is there for who asks: whoever may not read it is not told what it has (SPEC TODO-8). */
export async function maySee(guard: Guard = OPEN, list: string): Promise<boolean> {
  return (await guard.lacks("history", roomOf(list))) === undefined;
}
