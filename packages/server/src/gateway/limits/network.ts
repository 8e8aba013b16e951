import { BlockList, isIP } from "node:net";

/** A part of the address space: `10.0.0.0/8`, `2001:db8::/32`, or one address. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/** @returns undefined where the text is no network. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (version === 0 || prefix > bits || address.includes("%")) return undefined;
  return { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

export class Networks {
  readonly #list = new BlockList();

  constructor(readonly networks: readonly Network[]) {
    for (const { address, prefix, family } of networks) this.#list.addSubnet(address, prefix, family);
  }

  get isEmpty(): boolean {
    return this.networks.length === 0;
  }

  has(address: string): boolean {
    return !this.isEmpty && this.#list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  }
}

/** An address without its zone; an IPv4-mapped IPv6 address as IPv4. @returns undefined where the text is no address. */
export function plainAddress(text: string): string | undefined {
  const [bare = ""] = text.split("%");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
  return isIP(mapped) === 0 ? undefined : mapped;
}

/** The key by which an address is counted: one household or machine has all addresses of an IPv6 /64. */
export function countedAs(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const dotted = rest.at(-1)?.includes(".") ? 1 : 0; // a dotted end is two groups
  while (tail !== undefined && groups.length + rest.length + dotted < 8) groups.push("0");
  const prefix = [...groups, ...rest].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(":")}::/64`;
}
