// The positive lists, code by code; that these are what the kernel and the resolver say is shown with real ones
// (local-trouble.test.ts). The names of TLS alerts in the releases of OpenSSL that Node comes with. What the Node at hand says of each alert is tried over a
// socket (transport-errors.test.ts); this holds the names of the others, as Node 24.21.0 with OpenSSL 3.5.8 said them there.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isResolverAnswer, meaningOf } from "../../../src/duo/peer-errors.ts";

const ALERTS = [
  "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
  "ERR_SSL_SSL/TLS_ALERT_UNEXPECTED_MESSAGE",
  "ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC",
  "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE",
  "ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE",
  "ERR_SSL_SSL/TLS_ALERT_UNSUPPORTED_CERTIFICATE",
  "ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REVOKED",
  "ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED",
  "ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN",
  "ERR_SSL_SSL/TLS_ALERT_ILLEGAL_PARAMETER",
  "ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR",
  "ERR_SSL_TLSV1_UNRECOGNIZED_NAME",
  "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
];

describe("what an error of OpenSSL is about", () => {
  for (const code of ALERTS)
    it(`${code}: an alert of the other side`, () => assert.equal(meaningOf(code), "tls-refused"));

  for (const code of ["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"])
    it(`${code}: bytes that are no TLS`, () => assert.equal(meaningOf(code), "tls-nonsense"));

  for (const code of ["ERR_SSL_INTERNAL_ERROR", "ERR_SSL_MALLOC_FAILURE"])
    it(`${code}: its own trouble`, () => assert.equal(meaningOf(code), "local"));
});

const OWN = "EADDRNOTAVAIL EMFILE ENFILE ENOBUFS ENOMEM EAGAIN EPERM EACCES EINVAL EADDRINUSE EIO ENOSPC EINTR".split(
  " ",
);

describe("what an errno is about", () => {
  it("is local where the machine says it of itself, and where nobody knows it", () => {
    for (const code of [...OWN, "", "E_NEW_IN_NODE_30", "ECONNREFUSED ", "OUT_OF_MEM"]) {
      assert.equal(meaningOf(code), "local", code);
    }
  });

  it("is the network where the other side says it, or the way to it", () => {
    for (const code of ["ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"]) {
      assert.equal(meaningOf(code), "network", code);
    }
  });

  it("is no resolver's answer where the look-up failed for another reason", () => {
    for (const code of ["ENOTFOUND", "EAI_AGAIN"]) assert.equal(isResolverAnswer(code), true, code);
    for (const code of ["", "EAI_MEMORY", "EAI_SYSTEM", ...OWN]) assert.equal(isResolverAnswer(code), false, code);
  });
});
