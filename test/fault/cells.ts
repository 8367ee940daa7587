// The table of faults between the daemon and Duo: stage × failure × failmode, with what each must come to. The expectations
// are written out from docs and the option's promise, and share nothing with src/policy. matrix.test.ts runs the cells. Above 200 lines, because the rows are read together.

import type { Fault, FaultTarget } from "../emulator/faults/fault.ts";

export type Stage = "preauth" | "auth" | "auth_status";
export type Failmode = "safe" | "secure";

/** What a failure is, whatever the stage. */
type Kind = "fine" | "outage" | "keys" | "clock" | "nonsense" | "refused" | "out-of-time";

export interface Failure {
  readonly name: string;
  readonly kind: Kind;
  /** The endpoint of the stage unless given. */
  readonly target?: "connect" | "tls";
  readonly fault: Fault;
  /** Names of the failure in the log; a reset may be met in the handshake or before it. */
  readonly codes: readonly string[];
  /** Stages where it can be met; all unless given. */
  readonly stages?: readonly Stage[];
  /** The request took effect before its reply was lost, so an `auth` has made the phone ring. */
  readonly takesEffect?: boolean;
  /** For `auth` only: a passcode, whose reply carries a result at once. */
  readonly answer?: string;
}

export interface Cell extends Failure {
  readonly stage: Stage;
  readonly failmode: Failmode;
  readonly expected: Expected;
}

export interface Expected {
  readonly verdict: string;
  readonly reason: string;
  readonly pam: string;
  readonly rings: number;
}

const PASSCODE = "100001";
const GATE: readonly Stage[] = ["preauth"];
const FACTOR: readonly Stage[] = ["auth"];
const status = (code: number, more: object = {}): Fault => ({
  kind: "status",
  status: Math.floor(code / 100),
  code,
  ...more,
});
const outage = { kind: "outage" } as const;
const nonsense = { kind: "nonsense", codes: ["invalid-response"] } as const;

export const FAILURES: readonly Failure[] = [
  { name: "connection refused", ...outage, target: "connect", fault: { kind: "refuse" }, codes: ["connect-failed"] },
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
  { name: "reset after the request", ...outage, fault: { kind: "reset" }, codes: ["connection-lost"] },
  {
    name: "reset after it took effect",
    ...outage,
    fault: { kind: "reset", processed: true },
    codes: ["connection-lost"],
    stages: FACTOR,
    takesEffect: true,
  },
  { name: "no answer", ...outage, fault: { kind: "silent" }, codes: ["timeout"] },
  {
    name: "no answer after it took effect",
    ...outage,
    fault: { kind: "silent", processed: true },
    codes: ["timeout"],
    stages: FACTOR,
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
  { name: "10 MB", kind: "nonsense", fault: { kind: "oversized" }, codes: ["response-too-large"] },
  { name: "invalid JSON", ...nonsense, fault: { kind: "invalid-json" } },
  { name: "unknown result", ...nonsense, fault: { kind: "unknown-result" }, answer: PASSCODE },
  { name: "wrong types", ...nonsense, fault: { kind: "wrong-types" }, takesEffect: true },
  { name: "HTML, 502", ...outage, fault: { kind: "html" }, codes: ["server-error"] },
  { name: "HTML, 200", ...nonsense, fault: { kind: "html", status: 200 } },
  { name: "40002", kind: "refused", fault: status(40002), codes: ["bad-request"] },
  { name: "40101", kind: "keys", fault: status(40101), codes: ["bad-keys"] },
  { name: "40102", kind: "keys", fault: status(40102), codes: ["bad-keys"] },
  { name: "40103", kind: "keys", fault: status(40103), codes: ["bad-signature"] },
  { name: "40105", kind: "clock", fault: status(40105), codes: ["bad-clock"] },
  { name: "40301", kind: "keys", fault: status(40301), codes: ["forbidden"] },
  { name: "40401", kind: "nonsense", fault: status(40401), codes: ["unexpected-status"] },
  { name: "42901", ...outage, fault: status(42901), codes: ["rate-limited"] },
  { name: "42901, again in 1 s", ...outage, fault: status(42901, { retryAfter: "1" }), codes: ["rate-limited"] },
  { name: "42901, again in 60 s", ...outage, fault: status(42901, { retryAfter: "60" }), codes: ["rate-limited"] },
  { name: "500", ...outage, fault: status(50000), codes: ["server-error"] },
  { name: "503", ...outage, fault: status(50300), codes: ["server-error"] },
  {
    name: "503 after it took effect",
    ...outage,
    fault: status(50300, { processed: true }),
    codes: ["server-error"],
    stages: FACTOR,
    takesEffect: true,
  },
  {
    name: "waiting for ever",
    kind: "out-of-time",
    fault: { kind: "waiting-forever", holdMs: 300 },
    codes: [],
    stages: ["auth_status"],
  },
];

const STAGES: readonly Stage[] = ["preauth", "auth", "auth_status"];

export function cells(failmode: Failmode): readonly Cell[] {
  return STAGES.flatMap((stage) =>
    FAILURES.filter(({ stages = STAGES }) => stages.includes(stage)).map((failure) => ({
      ...failure,
      stage,
      failmode,
      expected: { ...ending(failure.kind, stage, failmode), rings: rings(failure, stage) },
    })),
  );
}

export function targetOf({ target, stage }: Cell): FaultTarget {
  return target ?? stage;
}

type Ending = Omit<Expected, "rings">;

const ENDINGS: Readonly<Record<Exclude<Kind, "outage" | "refused">, Ending>> = {
  fine: { verdict: "allow", reason: "duo-approved", pam: "PAM_SUCCESS" },
  keys: { verdict: "misconfigured", reason: "duo-keys", pam: "PAM_SERVICE_ERR" },
  clock: { verdict: "misconfigured", reason: "duo-clock", pam: "PAM_SERVICE_ERR" },
  nonsense: { verdict: "deny", reason: "duo-nonsense", pam: "PAM_AUTH_ERR" },
  "out-of-time": { verdict: "deny", reason: "out-of-time", pam: "PAM_AUTH_ERR" },
};

function ending(kind: Kind, stage: Stage, failmode: Failmode): Ending {
  if (kind === "outage") return outageEnding(stage, failmode);
  // Duo refuses this factor, so the user may choose again; with one prompt there is no again.
  if (kind === "refused" && stage === "auth")
    return { verdict: "max-tries", reason: "prompts-used-up", pam: "PAM_MAXTRIES" };
  if (kind === "refused") return { verdict: "deny", reason: "duo-refused", pam: "PAM_AUTH_ERR" };
  return ENDINGS[kind];
}

/** SECURITY: failmode has a say before a factor is sent, and never after. */
function outageEnding(stage: Stage, failmode: Failmode): Ending {
  const unavailable = { verdict: "unavailable", pam: "PAM_AUTHINFO_UNAVAIL" };
  if (!GATE.includes(stage)) return { ...unavailable, reason: "outage-after-factor" };
  if (failmode === "secure") return { ...unavailable, reason: "failmode-secure" };
  return { verdict: "allow", reason: "failmode-safe", pam: "PAM_SUCCESS" };
}

function rings({ kind, takesEffect, answer }: Failure, stage: Stage): number {
  if (answer !== undefined && stage === "auth") return 0;
  if (stage === "auth_status") return 1;
  if (stage === "auth") return takesEffect === true ? 1 : 0;
  return kind === "fine" ? 1 : 0;
}
