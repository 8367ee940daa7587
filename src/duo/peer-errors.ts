// What foreign errors prove about the other side: the positive lists of errnos, TLS alerts and certificate faults that say
// "Duo, or the way to it". SECURITY: only what stands here can become an outage, and with it an allow under failmode = safe;
// an error that no list knows is this machine's own trouble, or nonsense, and denies. Pure; knows no failure codes.

/** What an error code of the operating system, or of OpenSSL, is about. */
export type ErrorMeaning = "network" | "certificate" | "tls-refused" | "tls-nonsense" | "local";

/**
 * Said by the other side, by a router, or by the lack of a route: a machine without any way out cannot reach Duo, and no
 * user without rights brings that about. Not here, because the machine says it of itself: EADDRNOTAVAIL (no source port),
 * EMFILE, ENFILE, ENOBUFS, ENOMEM, EAGAIN, EPERM and EACCES (a local filter, a route that prohibits), EINVAL (a black hole).
 */
const NETWORK: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "ENETRESET",
  // A kernel without IPv6.
  "EAFNOSUPPORT",
]);

/** X509_V_ERR_ names as Node gives them, and those of its check of the name. OUT_OF_MEM is none of the certificate's. */
const CERTIFICATE: ReadonlySet<string> = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  // Node's word for every other X509_V_ERR_: a key that is too short, a digest that is too weak.
  "UNSPECIFIED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERR_TLS_CERT_ALTNAME_FORMAT",
]);

/** OpenSSL's names of the alerts that it was sent (SSL_R_SSLV3_ALERT_… and so on; from 3.2 on the old ones read "ssl/tls alert …"). */
const ALERT = /^ERR_SSL_(SSLV3_|TLSV1_|TLSV13_|SSL\/TLS_ALERT_)/;

/** A server that speaks TLS, but none that we would. */
const NO_COMMON_TLS: ReadonlySet<string> = new Set([
  "ERR_SSL_UNSUPPORTED_PROTOCOL",
  "ERR_SSL_DH_KEY_TOO_SMALL",
  "ERR_SSL_EE_KEY_TOO_SMALL",
  "ERR_SSL_CA_KEY_TOO_SMALL",
  "ERR_SSL_CA_MD_TOO_WEAK",
  "ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
  "ERR_SSL_NO_RENEGOTIATION",
]);

/** OpenSSL's trouble with itself. */
const OPENSSL_LOCAL = /MALLOC_FAILURE|INTERNAL_ERROR|LIBRARY_BUG|OUT_OF_MEM/;

export function meaningOf(code: string): ErrorMeaning {
  if (NETWORK.has(code)) return "network";
  if (CERTIFICATE.has(code)) return "certificate";
  if (ALERT.test(code) || NO_COMMON_TLS.has(code)) return "tls-refused";
  // What is left of OpenSSL's reasons is about bytes that are no TLS.
  return code.startsWith("ERR_SSL_") && !OPENSSL_LOCAL.test(code) ? "tls-nonsense" : "local";
}

/** What libuv says for a look-up to which the resolver gave no address: whether it was asked at all is another question. */
const RESOLVER: ReadonlySet<string> = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME"]);

export function isResolverAnswer(code: string): boolean {
  return RESOLVER.has(code);
}
