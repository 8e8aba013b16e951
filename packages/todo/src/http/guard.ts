import type { Permission } from "@fanfare/server";
import { roomOf } from "../todo.ts";
import { Problem } from "./problem.ts";

/** The permissions of a requester, in the room of a list or (`*`) in those of all lists. */
export interface Guard {
  /** The token's user; a guest has none. */
  readonly user?: string;
  /** @returns a sentence that names the missing permission; undefined if it is there */
  lacks(permission: Permission, room: string): Promise<string | undefined>;
}

/** Without authorization: everything is permitted. */
const OPEN: Guard = { lacks: async () => undefined };

/** @throws {Problem} 403 */
export async function permit(guard: Guard = OPEN, permission: Permission, list: string): Promise<void> {
  const lacks = await guard.lacks(permission, roomOf(list));
  if (lacks !== undefined) throw new Problem(403, "forbidden", lacks);
}

/** Whether the requester may read the list; to others its to-dos do not exist (SPEC TODO-8). */
export async function maySee(guard: Guard = OPEN, list: string): Promise<boolean> {
  return (await guard.lacks("history", roomOf(list))) === undefined;
}
