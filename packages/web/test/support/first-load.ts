import { type Bundle, openBundle } from "../../src/serving/bundle.ts";

/** The build that a server would serve from these sources. */
export function presentBundle(): Promise<Bundle> {
  return openBundle(new AbortController().signal);
}

/** Bytes of script, gzipped, that a page loads before it can be used. @throws where there is no such page */
export function scriptBytes({ manifest }: Bundle, page: string): number {
  const files = manifest.pages[page];
  if (files === undefined) throw new Error(`there is no page ${page}`);
  return [files.script, ...files.imports]
    .map((name) => manifest.files.find((file) => file.name === name)?.gzip ?? Number.NaN)
    .reduce((sum, bytes) => sum + bytes, 0);
}
