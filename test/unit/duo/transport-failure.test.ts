// Foreign errors to failures: the code and the stage that each one gets.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DuoFailureCode, DuoStage } from "../../../src/core/failure.ts";
import { ProxyRefusal } from "../../../src/duo/proxy.ts";
import {
  BodyLimitError,
  ConnectLimitError,
  ConnectPhaseError,
  transportFailure,
} from "../../../src/duo/transport-failure.ts";

const live = new AbortController().signal;
const coded = (code: string, message = "it failed") => Object.assign(new Error(message), { code });

const rows: readonly (readonly [string, unknown, DuoFailureCode, DuoStage])[] = [
  ["an unknown name", new ConnectPhaseError(coded("ENOTFOUND")), "resolve-failed", "resolve"],
  ["no resolver", new ConnectPhaseError(coded("EAI_AGAIN")), "resolve-failed", "resolve"],
  ["refused", new ConnectPhaseError(coded("ECONNREFUSED")), "connect-failed", "connect"],
  ["no route", new ConnectPhaseError(coded("ENETUNREACH")), "connect-failed", "connect"],
  ["the kernel's time-out", new ConnectPhaseError(coded("ETIMEDOUT")), "connect-failed", "connect"],
  ["our connect time-out", new ConnectPhaseError(coded("UND_ERR_CONNECT_TIMEOUT")), "connect-timeout", "connect"],
  ["a certificate that expired", new ConnectPhaseError(coded("CERT_HAS_EXPIRED")), "tls-failed", "tls"],
  ["another name", new ConnectPhaseError(coded("ERR_TLS_CERT_ALTNAME_INVALID")), "tls-failed", "tls"],
  [
    "closed in the handshake",
    new ConnectPhaseError(
      coded("ECONNRESET", "Client network socket disconnected before secure TLS connection"),
      "tls",
    ),
    "tls-failed",
    "tls",
  ],
  [
    "an error for each address",
    new ConnectPhaseError(new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")])),
    "connect-failed",
    "connect",
  ],
  [
    "connect_timeout in the middle of the handshake",
    new ConnectPhaseError(new ConnectLimitError(5000), "tls"),
    "connect-timeout",
    "connect",
  ],
  ["a proxy that wants other credentials", new ConnectPhaseError(new ProxyRefusal(407)), "proxy-refused", "connect"],
  ["a proxy that does not allow it", new ConnectPhaseError(new ProxyRefusal(403)), "proxy-refused", "connect"],
  ["a proxy that is none", new ConnectPhaseError(new ProxyRefusal(0)), "proxy-refused", "connect"],
  ["a proxy that is in trouble", new ConnectPhaseError(new ProxyRefusal(503)), "connect-failed", "connect"],
  ["a proxy that has enough", new ConnectPhaseError(new ProxyRefusal(429)), "connect-failed", "connect"],
  ["our own close", coded("UND_ERR_DESTROYED"), "cancelled", "preauth"],
  ["no headers in time", coded("UND_ERR_HEADERS_TIMEOUT"), "timeout", "preauth"],
  ["no body in time", new BodyLimitError("timeout"), "timeout", "preauth"],
  ["too large", new BodyLimitError("response-too-large"), "response-too-large", "preauth"],
  ["closed by the other side", coded("UND_ERR_SOCKET", "other side closed"), "connection-lost", "preauth"],
  ["an answer that is no HTTP", coded("HPE_INVALID_CONSTANT"), "invalid-response", "preauth"],
  ["reset", coded("ECONNRESET"), "connection-lost", "preauth"],
];

describe("transportFailure", () => {
  for (const [name, error, code, stage] of rows) {
    it(`${name} is ${code} at ${stage}`, () => {
      const failure = transportFailure(error, "preauth", live);
      assert.deepEqual([failure.code, failure.stage], [code, stage]);
      assert.notEqual(failure.detail, "");
    });
  }

  it("throws what is a mistake of our own: a defect must not look like an outage", () => {
    for (const code of ["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "ERR_INVALID_CHAR"]) {
      assert.throws(() => transportFailure(coded(code), "preauth", live), { code });
    }
  });

  it("is cancelled once the login is over, whatever broke", () => {
    for (const [, error] of rows) {
      assert.equal(transportFailure(error, "auth", AbortSignal.abort()).code, "cancelled");
    }
  });
});
