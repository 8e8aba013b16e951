/**
 * Reads SQLite's write-ahead log as a file (sqlite.org/fileformat2.html, section 4), before it is used: SQLite takes what
 * lies before the first bad frame, and drops the rest without a word.
 */
import { readFileSync } from "node:fs";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The magic number, but for its last bit: which byte order the checksums have. */
const MAGIC = 0x377f0682;

/**
 * Whether commits that were complete stand behind a bad frame.
 *
 * Behind the last commit that reached the disk, a power loss may leave parts of one more, in any order; two or more
 * commits there were not all under way, so the first of them had been acknowledged.
 */
export function hasLostCommits(path: string): boolean {
  const bytes = readIfThere(path);
  if (bytes === undefined || bytes.length < HEADER_BYTES + FRAME_HEADER_BYTES) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const pageBytes = view.getUint32(8);
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const littleEndian = (view.getUint32(0) & 1) === 0;
  const sum = new Checksum(view, littleEndian);
  sum.add(0, 24);
  let sound = (view.getUint32(0) & ~1) === MAGIC && sum.is(24);
  // Frames from before the log was last begun anew have other salts.
  const [salt1, salt2] = sound
    ? [view.getUint32(16), view.getUint32(20)]
    : [view.getUint32(HEADER_BYTES + 8), view.getUint32(HEADER_BYTES + 12)];
  let commits = 0;
  for (let at = HEADER_BYTES; at + frameBytes <= bytes.length; at += frameBytes) {
    const isCurrent = view.getUint32(at + 8) === salt1 && view.getUint32(at + 12) === salt2;
    if (sound && isCurrent) {
      sum.add(at, 8);
      sum.add(at + FRAME_HEADER_BYTES, pageBytes);
    }
    sound &&= isCurrent && sum.is(at + 16);
    const isCommit = view.getUint32(at + 4) !== 0;
    if (!sound && isCurrent && isCommit) commits++;
  }
  return commits >= 2;
}

/** The running checksum over header and frames. */
class Checksum {
  #a = 0;
  #b = 0;

  constructor(
    private readonly view: DataView,
    private readonly littleEndian: boolean,
  ) {}

  /** @param length in bytes, a multiple of 8 */
  add(start: number, length: number): void {
    const { view, littleEndian } = this;
    let [a, b] = [this.#a, this.#b];
    for (let at = start; at < start + length; at += 8) {
      a = (a + view.getInt32(at, littleEndian) + b) | 0;
      b = (b + view.getInt32(at + 4, littleEndian) + a) | 0;
    }
    [this.#a, this.#b] = [a, b];
  }

  /** Whether the sum stands at `at`. */
  is(at: number): boolean {
    return this.view.getInt32(at) === this.#a && this.view.getInt32(at + 4) === this.#b;
  }
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
