import { countedAs } from "@fanfare/server";
import { FIXED_LIMITS } from "./limits.ts";

interface Slot {
  readonly holder: string;
  readonly most: number;
}

/** Bounds the requests under way of each user, and of guests by their addresses and all together (SPEC TODO-11). */
export class RequestSlots {
  readonly #taken = new Map<string, number>();

  /**
   * @param user the token's; undefined for a guest
   * @param address the client's; undefined on a unix socket
   * @returns frees what was taken; undefined where the user, the address or all guests have as many requests as they may
   */
  take(user: string | undefined, address: string | undefined): (() => void) | undefined {
    const slots = user === undefined ? guestSlots(address) : [userSlot(user)];
    if (slots.some(({ holder, most }) => (this.#taken.get(holder) ?? 0) >= most)) return undefined;
    for (const { holder } of slots) this.#taken.set(holder, (this.#taken.get(holder) ?? 0) + 1);
    return () => {
      for (const { holder } of slots) this.#free(holder);
    };
  }

  #free(holder: string): void {
    const taken = (this.#taken.get(holder) ?? 1) - 1;
    if (taken > 0) this.#taken.set(holder, taken);
    else this.#taken.delete(holder);
  }
}

function userSlot(user: string): Slot {
  return { holder: `user ${user}`, most: FIXED_LIMITS.requestsPerUser };
}

function guestSlots(address: string | undefined): Slot[] {
  const all = { holder: "guests", most: FIXED_LIMITS.requestsOfGuests };
  if (address === undefined) return [all];
  return [all, { holder: `address ${countedAs(address)}`, most: FIXED_LIMITS.requestsPerAddress }];
}
