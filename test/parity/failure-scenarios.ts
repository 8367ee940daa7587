// Scenarios in which Duo, or the way to it, fails: each HTTP status that matters, nonsense, connections that break, before
// and after a factor was asked for, with both failmodes.

import type { EndpointFault } from "../emulator/faults/fault.ts";
import { inArea, type ParityScenario } from "../support/parity-scenario.ts";

type Failmode = "safe" | "secure";
const BOTH: readonly Failmode[] = ["safe", "secure"];

const preauth = (name: string, fault: EndpointFault, modes = BOTH): readonly ParityScenario[] =>
  modes.map((failmode) => ({
    name: `preauth: ${name}, failmode = ${failmode}`,
    conf: { failmode, https_timeout: "1" },
    before: (emulator) => emulator.fault("preauth", fault),
  }));

const later = (endpoint: "auth" | "auth_status", name: string, fault: EndpointFault): ParityScenario => ({
  name: `${endpoint}: ${name}, failmode = safe`,
  conf: { failmode: "safe", prompts: "1" },
  answers: ["1"],
  before: (emulator) => emulator.fault(endpoint, fault),
});

export const HTTP_ERRORS = inArea("answers of Duo that are errors", [
  ...preauth("HTTP 400", { kind: "status", status: 400, code: 40002 }),
  ...preauth("HTTP 401, keys", { kind: "status", status: 401, code: 40101 }),
  ...preauth("HTTP 403", { kind: "status", status: 403, code: 40301 }, ["safe"]),
  ...preauth("HTTP 404", { kind: "status", status: 404, code: 40401 }, ["safe"]),
  ...preauth("HTTP 429, come back in an hour", { kind: "status", status: 429, retryAfter: "3600" }),
  ...preauth("HTTP 500", { kind: "status", status: 500 }),
  ...preauth("HTTP 503 of a proxy, as HTML", { kind: "html", status: 503 }),
  ...preauth("no JSON and no BSON", { kind: "body", text: "hello" }),
  ...preauth("an empty body", { kind: "body", text: "" }, ["safe"]),
  ...preauth("a result that nobody knows", { kind: "unknown-result" }),
  later("auth", "HTTP 500", { kind: "status", status: 500 }),
  later("auth", "HTTP 400", { kind: "status", status: 400, code: 40002 }),
  later("auth", "HTTP 401", { kind: "status", status: 401, code: 40101 }),
  later("auth", "nonsense", { kind: "body", text: "hello" }),
  later("auth_status", "HTTP 500", { kind: "status", status: 500 }),
  later("auth_status", "nonsense", { kind: "body", text: "hello" }),
  later("auth_status", "a result that nobody knows", { kind: "unknown-result" }),
  {
    name: "the integration is disabled, failmode = safe",
    conf: { failmode: "safe" },
    policy: { integrationDisabled: true },
  },
  { name: "the integration is disabled, failmode = secure", policy: { integrationDisabled: true } },
  {
    name: "control characters in Duo's texts",
    answers: ["800001"],
    before: (emulator) => emulator.fault("preauth", { kind: "hostile-text", text: "\u001b[31mred\u0007" }),
  },
]);

const outage = (name: string, before: NonNullable<ParityScenario["before"]>): readonly ParityScenario[] =>
  BOTH.map((failmode) => ({ name: `${name}, failmode = ${failmode}`, conf: { failmode, https_timeout: "1" }, before }));

export const OUTAGES = inArea("outages", [
  ...outage("connection refused", (emulator) => emulator.fault("connect", { kind: "refuse" })),
  ...outage("connection reset", (emulator) => emulator.fault("connect", { kind: "reset" })),
  ...outage("TLS closed", (emulator) => emulator.fault("tls", { kind: "close" })),
  ...outage("a certificate that nobody trusts", (emulator) =>
    emulator.fault("tls", { kind: "certificate", certificate: "self-signed" }),
  ),
  ...preauth("reset", { kind: "reset" }),
  ...preauth("no answer", { kind: "silent" }),
  ...preauth("half an answer", { kind: "half-body" }),
  {
    name: "auth: reset after the push went out, failmode = safe",
    conf: { failmode: "safe", prompts: "1" },
    answers: ["1"],
    before: (emulator) => emulator.fault("auth", { kind: "reset", processed: true }),
  },
  {
    name: "auth: reset, failmode = secure",
    conf: { prompts: "1" },
    answers: ["800001"],
    before: (emulator) => emulator.fault("auth", { kind: "reset" }),
  },
]);
