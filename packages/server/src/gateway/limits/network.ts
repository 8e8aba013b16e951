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
  const mapped = version === 6 && prefix >= MAPPED_PREFIX ? mappedAddress(address) : undefined;
  if (mapped !== undefined) return { address: mapped, prefix: prefix - MAPPED_PREFIX, family: "ipv4" };
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

/** An address in its usual spelling (RFC 5952), without its zone; an IPv4-mapped one as IPv4. @returns undefined where the text is no address. */
export function plainAddress(text: string): string | undefined {
  const [bare = ""] = text.split("%");
  if (isIP(bare) !== 6) return isIP(bare) === 4 ? bare : undefined;
  return mappedAddress(bare) ?? URL.parse(`http://[${bare}]`)?.hostname.slice(1, -1);
}

/** IPv4-mapped addresses (RFC 4291 section 2.5.5.2) are `::ffff:0:0/96`. */
const MAPPED_PREFIX = 96;

/** @param address IPv6, however it is written @returns the IPv4 address that it maps; undefined where it maps none */
function mappedAddress(address: string): string | undefined {
  const groups = groupsOf(address);
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = [], tail] = address.split("::").map(groupsOfPart);
  if (tail === undefined) return [...head];
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function groupsOfPart(part: string): number[] {
  return part.split(":").flatMap((group) => {
    if (group === "") return [];
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number); // a dotted end is two groups
    return [a * 256 + b, c * 256 + d];
  });
}

/** The key under which an address is counted. One household or machine has all addresses of an IPv6 /64, so these share one. */
export function countedAs(address: string): string {
  if (isIP(address) !== 6) return address;
  const prefix = groupsOf(address).slice(0, 4);
  return `${prefix.map((group) => group.toString(16)).join(":")}::/64`;
}
