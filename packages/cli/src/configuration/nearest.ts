/** The candidate that `word` probably stands for; undefined if none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

/** `, did you mean X?`, or `otherwise` if nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>, otherwise: string): string {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? `; ${otherwise}` : `, did you mean ${candidate}?`;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  let [before, last] = [[] as number[], Array.from({ length: to.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const [a, b] = [from[i - 1], to[j - 1]];
      let least = Math.min(row[j - 1] ?? 0, last[j] ?? 0) + 1;
      least = Math.min(least, (last[j - 1] ?? 0) + Number(a !== b));
      if (i > 1 && j > 1 && a === to[j - 2] && from[i - 2] === b)
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[to.length] ?? 0;
}
