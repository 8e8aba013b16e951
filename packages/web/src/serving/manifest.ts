/** The contents of a build: `bundle.json` beside the files. */
export interface Manifest {
  readonly pages: Readonly<Record<string, PageFiles>>;
  readonly files: readonly BuiltFile[];
}

/** The names of the files of a page. */
export interface PageFiles {
  readonly script: string;
  /** Static imports of the script. */
  readonly imports: readonly string[];
  /** Dynamic imports. */
  readonly lazy: readonly string[];
  readonly styles: readonly string[];
}

export interface BuiltFile {
  readonly name: string;
  /** Bytes, plain and compressed. */
  readonly size: number;
  readonly gzip: number;
  readonly brotli: number;
}

export const MANIFEST = "bundle.json";
/** Suffixes of the compressed files. */
export const COMPRESSED = { br: ".br", gzip: ".gz" } as const;
