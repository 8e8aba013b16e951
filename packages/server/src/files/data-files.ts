import { fileIdentity } from "./file-identity.ts";

/**
 * Checks that files were not moved or deleted under the running server: it could go on writing to them, but the next start
 * would not find them (SPEC KEEP-5, TODO-14).
 */
export class DataFiles {
  readonly #identities: ReadonlyMap<string, string>;
  #fault: string | undefined;

  /** @param paths of files that are there. @throws what the system says. */
  constructor(paths: readonly string[]) {
    this.#identities = new Map(paths.map((path) => [path, fileIdentity(path)]));
  }

  /** Looks at the files. */
  check(): void {
    this.#fault = undefined;
    for (const [path, identity] of this.#identities) {
      if (identityNow(path) === identity) continue;
      this.#fault = `${path} was removed or replaced while the server runs: put it back, or start the server again`;
      return;
    }
  }

  /** What was wrong at the last check, in a sentence for the operator. */
  get fault(): string | undefined {
    return this.#fault;
  }
}

/** Undefined if there is no such file, or it cannot be looked at. */
function identityNow(path: string): string | undefined {
  try {
    return fileIdentity(path);
  } catch {
    return undefined;
  }
}
