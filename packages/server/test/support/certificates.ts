import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";

/** Self-signed, for tests alone, valid for a century: `openssl req -x509 -newkey ec -days 36500 -subj "/CN=first.test"`. */
const FIXTURES = join(import.meta.dir, "certificates");

/** Two files that a server reads its certificate from, and what can happen to them. */
export class CertificateFiles {
  readonly cert: string;
  readonly key: string;
  /** A year, in ms. */
  readonly hsts = 31_536_000_000;

  constructor(directory: string) {
    this.cert = join(directory, "cert.pem");
    this.key = join(directory, "key.pem");
    this.become("first");
  }

  become(cert: "first" | "second", key = cert): void {
    copyFileSync(join(FIXTURES, `${cert}.test-only.cert.pem`), this.cert);
    copyFileSync(join(FIXTURES, `${key}.test-only.key.pem`), this.key);
  }
}

/** The name in the certificate that a new handshake gets. */
export function certificateAt(port: number, host = "127.0.0.1"): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
