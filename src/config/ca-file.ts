// The certificates of `cafile`: read with the same care as the configuration, because whoever can change them can
// answer in Duo's place. Parses each one; builds no chain and trusts none. Called by load.ts and by cli/ (doctor).

import { X509Certificate } from "node:crypto";
import { displayLine } from "../core/display-text.ts";
import { err, ok, type Result } from "../core/result.ts";
import { type Complaint, complaint } from "./problem.ts";
import { readTrustedFile } from "./trusted-file.ts";

export interface CaCertificate {
  readonly pem: string;
  /** Safe to print. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The file's certificates, at least one. Others may read the file; nobody else may write it. */
export async function readCaFile(path: string): Promise<Result<readonly CaCertificate[], Complaint>> {
  const text = await readTrustedFile(path, { readers: "public" });
  return text.ok ? parseCertificates(text.value) : text;
}

/** The certificates in PEM text; text between them, as bundles have it, is skipped. Pure. */
export function parseCertificates(text: string): Result<readonly CaCertificate[], Complaint> {
  if (text.includes("PRIVATE KEY-----")) {
    return bad(
      "the file holds a private key",
      "leave only certificates in it, and replace that key if others could read it",
    );
  }
  const blocks = text.match(BLOCK) ?? [];
  // A block of another kind, or one that breaks off, would be left out without a word.
  if (blocks.length !== text.split("-----BEGIN ").length - 1) {
    return bad(
      "a block of the file is broken or is no certificate",
      "write whole BEGIN CERTIFICATE ... END CERTIFICATE blocks",
    );
  }
  if (blocks.length === 0) return bad("there is no certificate in the file", "write certificates in PEM form");
  const certificates: CaCertificate[] = [];
  for (const [index, pem] of blocks.entries()) {
    const certificate = parseOne(pem);
    if (certificate === undefined) return bad(`certificate ${index + 1} of the file cannot be read`, "export it again");
    certificates.push(certificate);
  }
  return ok(Object.freeze(certificates));
}

function parseOne(pem: string): CaCertificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const expiresMs = Date.parse(certificate.validTo);
    return Number.isNaN(expiresMs)
      ? undefined
      : Object.freeze({ pem, subject: displayLine(certificate.subject), expiresMs });
  } catch {
    return undefined;
  }
}

function bad(message: string, remedy: string): Result<never, Complaint> {
  return err(complaint("bad-certificate", message, remedy));
}
