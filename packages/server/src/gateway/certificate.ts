import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { TlsFiles } from "../config/config.ts";
import { ListenError } from "./listen-error.ts";

/** A certificate with its chain, and the key that belongs to it: PEM text. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** When the certificate expires, as X.509 writes it. */
  readonly validTo: string;
}

/** @throws {ListenError} that names the file and what is wrong with it, and quotes nothing of its content. */
export function readCertificate({ cert, key }: TlsFiles): Certificate {
  const chain = readText(cert, "certificate");
  const secret = readText(key, "key");
  let certificate: X509Certificate;
  let privateKey: KeyObject;
  try {
    certificate = new X509Certificate(chain);
  } catch {
    throw new ListenError("certificate", `${cert} holds no certificate in PEM form`);
  }
  try {
    privateKey = createPrivateKey(secret);
  } catch {
    throw new ListenError("certificate", `${key} holds no private key in PEM form without a passphrase`);
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new ListenError("certificate", `the key in ${key} does not belong to the certificate in ${cert}`);
  }
  return { cert: chain, key: secret, validTo: certificate.validTo };
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new ListenError("certificate", `the ${what} file ${path} cannot be read (${code})`);
  }
}
