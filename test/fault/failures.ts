// What can go wrong between the daemon and Duo, whatever the step: the fault, its kind, and its names in the log. Data only.
// cells.ts crosses them with steps, dialects and failmodes.

import type { DuoDialect } from "../../src/duo/dialect.ts";
import type { Fault } from "../emulator/faults/fault.ts";
import { NO_HTTP } from "../support/no-http.ts";

/** The points of a login at which a failure is met; `ping` is the daemon's own, which no login waits for. */
export type Step =
  | "ping"
  | "clock-ping"
  | "preauth"
  | "auth"
  | "first-poll"
  | "second-poll"
  | "last-poll"
  | "next-preauth";

/** What a failure is, whatever the step. */
export type Kind = "fine" | "outage" | "keys" | "clock" | "nonsense" | "refused" | "busy" | "out-of-time";

export interface Failure {
  readonly name: string;
  readonly kind: Kind;
  /** The endpoint of the step unless given. */
  readonly target?: "connect" | "tls";
  readonly fault: Fault;
  /** Names of the failure in the log; a reset may be met in the handshake or before it. */
  readonly codes: readonly string[];
  /** Steps where it can be met; all unless given. */
  readonly steps?: readonly Step[];
  /** The request took effect before its reply was lost, so an `auth` has made the phone ring. */
  readonly takesEffect?: boolean;
  /** For `auth` only: a passcode, whose reply carries a result at once. */
  readonly answer?: string;
  /** What it is where the dialect's reply does not have what the fault changes; `fine` and `out-of-time` are not logged. */
  readonly otherwise?: (step: Step, dialect: DuoDialect) => "fine" | "out-of-time" | undefined;
}

export const STEPS: readonly Step[] = [
  "ping",
  "clock-ping",
  "preauth",
  "auth",
  "first-poll",
  "second-poll",
  "last-poll",
  "next-preauth",
];
const PINGS: readonly Step[] = ["ping", "clock-ping"];
const HELD_POLLS: readonly Step[] = ["first-poll", "second-poll"];
export const POLLS: readonly Step[] = [...HELD_POLLS, "last-poll"];

const PASSCODE = "100001";
const FACTOR: readonly Step[] = ["auth"];
const status = (code: number, more: object = {}): Fault => ({
  kind: "status",
  status: Math.floor(code / 100),
  code,
  ...more,
});
const outage = { kind: "outage" } as const;
const nonsense = { kind: "nonsense", codes: ["invalid-response"] } as const;

export const FAILURES: readonly Failure[] = [
  {
    name: "connection refused",
    ...outage,
    target: "connect",
    fault: { kind: "refuse" },
    codes: ["connect-failed"],
    // Refusing ends the open connections, too: the reply that makes the daemon ask for the time would be lost with them.
    steps: STEPS.filter((step) => step !== "clock-ping"),
  },
  {
    name: "reset on accept",
    ...outage,
    target: "connect",
    fault: { kind: "reset" },
    codes: ["connect-failed", "tls-failed"],
  },
  { name: "silent on accept", ...outage, target: "connect", fault: { kind: "silent" }, codes: ["connect-timeout"] },
  { name: "closed in the handshake", ...outage, target: "tls", fault: { kind: "close" }, codes: ["tls-failed"] },
  {
    name: "reset in the handshake",
    ...outage,
    target: "tls",
    fault: { kind: "reset" },
    codes: ["connect-failed", "tls-failed"],
  },
  { name: "silent in the handshake", ...outage, target: "tls", fault: { kind: "silent" }, codes: ["connect-timeout"] },
  {
    name: "expired certificate",
    ...outage,
    target: "tls",
    fault: { kind: "certificate", certificate: "expired" },
    codes: ["tls-failed"],
  },
  {
    name: "certificate of another host",
    ...outage,
    target: "tls",
    fault: { kind: "certificate", certificate: "wrong-name" },
    codes: ["tls-failed"],
  },
  {
    name: "self-signed certificate",
    ...outage,
    target: "tls",
    fault: { kind: "certificate", certificate: "self-signed" },
    codes: ["tls-failed"],
  },
  {
    name: "alert handshake_failure",
    ...outage,
    target: "tls",
    fault: { kind: "alert", alert: 40 },
    codes: ["tls-failed"],
  },
  {
    name: "alert internal_error",
    ...outage,
    target: "tls",
    fault: { kind: "alert", alert: 80 },
    codes: ["tls-failed"],
  },
  {
    name: "an SMTP banner instead of TLS",
    ...nonsense,
    target: "tls",
    fault: { kind: "garbage", text: "220 mail.example.org ESMTP\r\n" },
  },
  { name: "reset after the request", ...outage, fault: { kind: "reset" }, codes: ["connection-lost"] },
  {
    name: "reset after it took effect",
    ...outage,
    fault: { kind: "reset", processed: true },
    codes: ["connection-lost"],
    steps: FACTOR,
    takesEffect: true,
  },
  { name: "no answer", ...outage, fault: { kind: "silent" }, codes: ["timeout"] },
  {
    name: "no answer after it took effect",
    ...outage,
    fault: { kind: "silent", processed: true },
    codes: ["timeout"],
    steps: FACTOR,
    takesEffect: true,
  },
  { name: "slow", kind: "fine", fault: { kind: "delay", ms: 300 }, codes: [], takesEffect: true },
  {
    name: "drips",
    ...outage,
    fault: { kind: "drip", intervalMs: 200, bytes: 1 },
    codes: ["timeout"],
    takesEffect: true,
  },
  { name: "half a body", ...outage, fault: { kind: "half-body" }, codes: ["connection-lost"], takesEffect: true },
  { name: "1 MB", kind: "nonsense", fault: { kind: "oversized", bytes: 1_000_000 }, codes: ["response-too-large"] },
  ...NO_HTTP.map(({ name, bytes }): Failure => ({ name, ...nonsense, fault: { kind: "raw", bytes } })),
  { name: "invalid JSON", ...nonsense, fault: { kind: "invalid-json" } },
  {
    name: "unknown result",
    ...nonsense,
    fault: { kind: "unknown-result" },
    answer: PASSCODE,
    otherwise: (step, dialect) => (PINGS.includes(step) && dialect !== "v1" ? "fine" : undefined),
  },
  {
    name: "wrong types",
    ...nonsense,
    fault: { kind: "wrong-types" },
    takesEffect: true,
    // While v1 waits its reply holds nothing but a text for the user, which decides nothing.
    otherwise: (step, dialect) => (HELD_POLLS.includes(step) && dialect === "v1" ? "out-of-time" : undefined),
  },
  { name: "HTML, 502", ...outage, fault: { kind: "html" }, codes: ["server-error"] },
  { name: "HTML, 200", ...nonsense, fault: { kind: "html", status: 200 } },
  { name: "40002", kind: "refused", fault: status(40002), codes: ["bad-request"] },
  { name: "40101", kind: "keys", fault: status(40101), codes: ["bad-keys"] },
  { name: "40102", kind: "keys", fault: status(40102), codes: ["bad-keys"] },
  { name: "40103", kind: "keys", fault: status(40103), codes: ["bad-signature"] },
  { name: "40105", kind: "clock", fault: status(40105), codes: ["bad-clock"] },
  { name: "40301", kind: "keys", fault: status(40301), codes: ["forbidden"] },
  { name: "40401", kind: "nonsense", fault: status(40401), codes: ["unexpected-status"] },
  { name: "42901", kind: "busy", fault: status(42901), codes: ["rate-limited"] },
  { name: "42901, again in 1 s", kind: "busy", fault: status(42901, { retryAfter: "1" }), codes: ["rate-limited"] },
  { name: "42901, again in 60 s", kind: "busy", fault: status(42901, { retryAfter: "60" }), codes: ["rate-limited"] },
  { name: "500", ...outage, fault: status(50000), codes: ["server-error"] },
  { name: "503", ...outage, fault: status(50300), codes: ["server-error"] },
  {
    name: "503 after it took effect",
    ...outage,
    fault: status(50300, { processed: true }),
    codes: ["server-error"],
    steps: FACTOR,
    takesEffect: true,
  },
  {
    name: "waiting for ever",
    kind: "out-of-time",
    fault: { kind: "waiting-forever", holdMs: 300 },
    codes: [],
    steps: POLLS,
  },
  {
    name: "a clock two days off",
    kind: "clock",
    fault: { kind: "clock-skew", seconds: 172_800 },
    codes: [],
    steps: PINGS,
    // The time of v1 is the Date of HTTP, which this fault leaves alone.
    otherwise: (_, dialect) => (dialect === "v1" ? "fine" : undefined),
  },
];
