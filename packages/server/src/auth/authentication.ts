import { join } from "node:path";
import { isRefused, refuse } from "@fanfare/protocol";
import type { AuthConfig } from "../config/config.ts";
import type { Proof } from "../hub/identity.ts";
import type { Authenticator } from "../hub/ports.ts";
import { Revocations } from "./revocations.ts";
import { openTokenKey } from "./token-key.ts";
import { TokenVerifier } from "./token-verifier.ts";

/** In the directory of the messages. */
const FILE = "revocations.json";

/** Verifies tokens and refuses revoked ones. */
export class Authentication implements Authenticator {
  readonly cookie: string;
  readonly signIn: string | undefined;
  readonly revocations: Revocations;
  readonly #verifier: TokenVerifier;

  /** @param directory where revocations are kept over a restart @throws {AuthError} */
  constructor(config: AuthConfig, now: () => number, directory?: string) {
    this.cookie = config.cookie;
    this.signIn = config.signIn;
    this.revocations = new Revocations(now, directory && join(directory, FILE));
    this.#verifier = new TokenVerifier(openTokenKey(config.key, config.keySet), config, now);
  }

  async verify(token: string): ReturnType<Authenticator["verify"]> {
    const verified = await this.#verifier.verify(token);
    if (isRefused(verified)) return { kind: "refused", refusal: verified };
    const { user, proof } = verified;
    if (this.revoked(user, proof)) {
      return { kind: "refused", refusal: refuse("unauthorized", "The token is refused: it was revoked.") };
    }
    return { kind: "user", user, proof };
  }

  revoked(user: string, proof: Proof): boolean {
    return this.revocations.covers(user, proof);
  }
}
