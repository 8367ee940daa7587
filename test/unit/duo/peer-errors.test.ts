// The names of TLS alerts in the releases of OpenSSL that Node comes with. What the Node at hand says of each alert is tried over a
// socket (transport-errors.test.ts); this holds the names of the others, as Node 24.21.0 with OpenSSL 3.5.8 said them there.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { meaningOf } from "../../../src/duo/peer-errors.ts";

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
