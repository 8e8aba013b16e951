import type { SeededRandom } from "@fanfare/testing/seeded-random";

/** Spoils bytes in the ways in which they get spoilt: flipped, cut off, cut out, doubled, overwritten, put in. */
export function mutate(random: SeededRandom, original: Buffer, tokens: readonly Buffer[]): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let times = random.between(1, 4); times > 0; times--) bytes = spoil(random, bytes, tokens);
  return bytes;
}

function spoil(random: SeededRandom, bytes: Buffer, tokens: readonly Buffer[]): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.between(1, 16));
  const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (random.below(6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
    case 1:
      return Buffer.from(head);
    case 2:
      return Buffer.concat([head, tail]);
    case 3:
      return Buffer.concat([head, middle, middle, tail]);
    case 4:
      return Buffer.concat([head, random.pick(tokens), tail]);
    default:
      return Buffer.concat([head, random.pick(tokens), middle, tail]);
  }
}

export function noise(random: SeededRandom, most: number): Buffer {
  return Buffer.from(Array.from({ length: random.between(1, most) }, () => random.below(256)));
}
