// docs/FAILURES.md: what each failure on the way to Duo means for a login, worked out by the code that decides it. Total:
// every failure code at every stage where it can occur, under both failmodes.

import { DUO_FAILURE_CODES, type DuoFailureCode, type DuoStage, failureClass } from "../../src/core/failure.ts";
import type { VerdictKind } from "../../src/core/verdict.ts";
import { type Failmode, mayChooseAgain, outcomeOf, type Phase } from "../../src/policy/outcome.ts";

/** PROTOCOL: section 2, VERDICT. */
export const PAM_OF_VERDICT: Readonly<Record<VerdictKind, string>> = {
  allow: "PAM_SUCCESS",
  deny: "PAM_AUTH_ERR",
  "max-tries": "PAM_MAXTRIES",
  unavailable: "PAM_AUTHINFO_UNAVAIL",
  aborted: "PAM_ABORT",
  misconfigured: "PAM_SERVICE_ERR",
};

const CONNECTING: Readonly<Partial<Record<DuoFailureCode, DuoStage>>> = {
  "resolve-failed": "resolve",
  "connect-failed": "connect",
  "connect-timeout": "connect",
  "tls-failed": "tls",
  "proxy-refused": "connect",
};

/** Stages before the request at which the others can occur as well. */
const EARLIER: Readonly<Partial<Record<DuoFailureCode, readonly DuoStage[]>>> = {
  "local-trouble": ["resolve", "connect", "tls"],
  "invalid-response": ["tls"],
};

const WORDS: Readonly<Record<DuoFailureCode, string>> = {
  "resolve-failed": "the resolver was asked, and gave no address; no earlier one is known",
  "connect-failed": "refused, reset, unreachable, no route, or a proxy that says 5xx or 408",
  "connect-timeout": "no connection within connect_timeout",
  "tls-failed":
    "a TLS alert, no version in common, an end of the connection in the handshake, a certificate that is not trusted",
  "connection-lost": "reset, closed or cut off while waiting for the answer",
  timeout: "no answer within request_timeout, poll_timeout or body_timeout",
  "server-error": "HTTP 5xx",
  "rate-limited":
    "HTTP 429, three times or with more than 8 s to wait: Duo is there, and others of this machine may have used its limit up",
  "bad-keys": "HTTP 401: ikey or skey; without a code of Duo's, after a ping that did not find the clock wrong",
  "bad-signature": "HTTP 401, code 40103: skey",
  forbidden: "HTTP 403: not an Auth API application",
  "bad-clock": "HTTP 401, code 40104 or 40105, which a ping did not mend",
  "proxy-refused":
    "the proxy says no to CONNECT: 407 (its credentials), 403, 429 or any other answer, or speaks no HTTP",
  "local-trouble":
    "this machine ran out of ports, descriptors or memory, or lets nothing out: EADDRNOTAVAIL, EMFILE, ENFILE, ENOBUFS, ENOMEM, EAGAIN, EPERM, EACCES, EINVAL, a look-up for which there was no UDP port or no descriptor, a time-out of which this process got no time for a third or more, or after which a datagram of this machine to itself is refused or lost (a full conntrack table), and every error that no list knows",
  "bad-request": "HTTP 400",
  "unexpected-status": "any other HTTP status",
  "invalid-response": "not JSON, not HTTP, not TLS, half an allow, or a value that is not documented",
  "response-too-large": "above 256 KiB",
  cancelled: "the login ended first: time, the user, or the daemon",
};

export interface FailureRow {
  readonly stage: DuoStage;
  readonly code: DuoFailureCode;
  readonly phase: Phase;
  readonly failmode: Failmode;
  readonly verdict: VerdictKind | "again";
  readonly reason: string;
}

/** Every row there is. */
export function failureRows(): readonly FailureRow[] {
  const rows: FailureRow[] = [];
  for (const code of DUO_FAILURE_CODES) {
    for (const phase of ["before-factor", "after-factor"] as const) {
      for (const stage of stagesOf(code, phase)) {
        for (const failmode of ["safe", "secure"] as const) rows.push(rowOf(code, stage, phase, failmode));
      }
    }
  }
  return rows;
}

function stagesOf(code: DuoFailureCode, phase: Phase): readonly DuoStage[] {
  const connecting = CONNECTING[code];
  if (connecting !== undefined) return [connecting];
  const earlier = EARLIER[code] ?? [];
  return [
    ...earlier,
    ...(phase === "before-factor" ? ["preauth" as const] : (["preauth", "auth", "auth_status"] as const)),
  ];
}

function rowOf(code: DuoFailureCode, stage: DuoStage, phase: Phase, failmode: Failmode): FailureRow {
  const failure = { code, stage, detail: "" };
  const base = { stage, code, phase, failmode };
  if (mayChooseAgain(failure)) return { ...base, verdict: "again", reason: "the user chooses again, within prompts" };
  const { kind, reason } = outcomeOf(failure, phase, failmode);
  return { ...base, verdict: kind, reason };
}

export function renderFailures(): string {
  const rows = failureRows();
  const lines = DUO_FAILURE_CODES.flatMap((code) => {
    const own = rows.filter((row) => row.code === code && row.failmode === "safe");
    return own.map((row) => {
      const secure = rows.find((other) => other.failmode === "secure" && sameCase(row, other)) ?? row;
      const when = row.phase === "before-factor" ? "before" : "after";
      return `| ${row.stage} | \`${code}\` | ${when} | ${outcome(row)} | ${outcome(secure)} |`;
    });
  });
  const meanings = DUO_FAILURE_CODES.map((code) => `| \`${code}\` | ${failureClass(code)} | ${WORDS[code]} |`);
  return [HEAD, ...lines, CODES, ...meanings, ""].join("\n");
}

function sameCase(a: FailureRow, b: FailureRow): boolean {
  return a.stage === b.stage && a.code === b.code && a.phase === b.phase;
}

function outcome({ verdict, reason }: FailureRow): string {
  return verdict === "again" ? reason : `${verdict}, ${reason}, ${PAM_OF_VERDICT[verdict]}`;
}

const HEAD = `# What a failure means

Generated from src/policy/outcome.ts, which decides it; \`npm run docs\` writes it anew, and a test compares. A ping never decides
about a login. *Before*: no preauth of this login has asked for a factor yet. *After*: one has, in this attempt or an
earlier one; failmode has no say from there on.

| Stage | Failure | When | failmode = safe | failmode = secure |
|---|---|---|---|---|`;

const CODES = `
## The failures

| Failure | Class | Seen as |
|---|---|---|`;
