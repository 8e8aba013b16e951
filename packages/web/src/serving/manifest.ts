/** What a build made: `bundle.json` beside the files. */
export interface Manifest {
  readonly pages: Readonly<Record<string, PageFiles>>;
  readonly files: readonly BuiltFile[];
}

/** What a page loads, by name. */
export interface PageFiles {
  readonly script: string;
  /** What the script imports before it can run. */
  readonly imports: readonly string[];
  /** What it may import while it runs. */
  readonly later: readonly string[];
  readonly styles: readonly string[];
}

export interface BuiltFile {
  readonly name: string;
  /** Bytes: as it is, and compressed. */
  readonly size: number;
  readonly gzip: number;
  readonly brotli: number;
}

export const MANIFEST = "bundle.json";
/** What is appended to the name of a file for its compressed forms. */
export const COMPRESSED = { br: ".br", gzip: ".gz" } as const;
