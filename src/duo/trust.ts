// What makes the other end Duo: its certificate names the host, under rules stricter than Node's own. And to which root it
// leads, so that somebody is told before that one expires. The roots themselves are settings. Pure.

import { checkServerIdentity, type DetailedPeerCertificate, type PeerCertificate } from "node:tls";

export interface Root {
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

/**
 * RFC 9525: the subject alternative names decide. Node falls back to the common name where there are none of the right kind,
 * which no public authority has vouched for in years: the subject is kept from it.
 */
export function identityFault(host: string, certificate: PeerCertificate): Error | undefined {
  if (typeof certificate.subjectaltname !== "string") {
    const error = new Error(`the certificate has no subject alternative name, so none for ${host}`);
    return Object.assign(error, { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  }
  return checkServerIdentity(host, { ...certificate, subject: { ...certificate.subject, CN: "" } });
}

/** The end of the chain that was verified; undefined when Node does not know it. */
export function rootOf(leaf: DetailedPeerCertificate): Root | undefined {
  let certificate = leaf;
  // A verified chain is short; the bound is for a loop that Node would have missed.
  for (let depth = 0; depth < 10; depth += 1) {
    const issuer: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
    if (issuer === undefined) return undefined;
    if (issuer.fingerprint256 === certificate.fingerprint256) return toRoot(certificate);
    certificate = issuer;
  }
  return undefined;
}

function toRoot({ subject, valid_to }: PeerCertificate): Root | undefined {
  const expiresMs = Date.parse(valid_to);
  if (Number.isNaN(expiresMs)) return undefined;
  const name = [subject.CN || subject.O].flat().join(" ");
  return { subject: name === "" ? "without a name" : name, expiresMs };
}
