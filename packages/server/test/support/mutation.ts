import type { Chance } from "@fanfare/testing/chance";

/** Spoils bytes in the ways in which they get spoilt: flipped, cut off, cut out, doubled, overwritten, put in. */
export function mutate(chance: Chance, original: Buffer, tokens: readonly Buffer[]): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let times = chance.between(1, 4); times > 0; times--) bytes = spoil(chance, bytes, tokens);
  return bytes;
}

function spoil(chance: Chance, bytes: Buffer, tokens: readonly Buffer[]): Buffer {
  const at = chance.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + chance.between(1, 16));
  const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (chance.below(6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << chance.below(8));
      return flipped;
    }
    case 1:
      return Buffer.from(head);
    case 2:
      return Buffer.concat([head, tail]);
    case 3:
      return Buffer.concat([head, middle, middle, tail]);
    case 4:
      return Buffer.concat([head, chance.pick(tokens), tail]);
    default:
      return Buffer.concat([head, chance.pick(tokens), middle, tail]);
  }
}

export function noise(chance: Chance, most: number): Buffer {
  return Buffer.from(Array.from({ length: chance.between(1, most) }, () => chance.below(256)));
}
