// The gateway's events in the words of the audit trail. One decision line for every START that was read; beside it, a line
// for each thing an administrator must act on.

import { failureClass } from "../core/failure.ts";
import type { Audit } from "../telemetry/audit.ts";
import type { Decision, GatewayLog, NoStart } from "./ports.ts";

const NO_START: Readonly<Record<NoStart, string>> = {
  gone: "left before START",
  timeout: "no START in time",
  cut: "no START, and others needed its place",
};

export function createGatewayLog(audit: Audit): GatewayLog {
  return {
    decision(decision) {
      explainFailure(audit, decision);
      audit.decision(auditDecision(decision));
    },
    lateAllow: (decision) => audit.lateAllowDropped(subjectOf(decision)),
    connectionRefused: (door, reason) => audit.peerRefused({ socket: door, reason }),
    violation: (door, { uid, pid }, transaction, failure) =>
      audit.protocolViolation({ socket: door, transaction, uid, pid, failure }),
    noStart: (door, { uid, pid }, code) => audit.peerRefused({ socket: door, uid, pid, reason: NO_START[code] }),
    defect: (transaction, error) => audit.defect(error, transaction),
    listenerFailed: (_door, error) => audit.defect(error),
  };
}

/** Why Duo's side decided, in a line of its own before the decision. */
function explainFailure(audit: Audit, decision: Decision): void {
  const { failure } = decision.record;
  if (failure === undefined) return;
  if (failureClass(failure.code) === "misconfiguration") audit.duoMisconfigured(failure);
  const { reason } = decision.verdict;
  if (reason === "failmode-safe") audit.failmodeUsed(subjectOf(decision), "safe", failure);
  if (reason === "failmode-secure") audit.failmodeUsed(subjectOf(decision), "secure", failure);
}

function subjectOf({ transaction, facts }: Decision) {
  return { transaction, user: facts.user, service: facts.service };
}

function auditDecision({ transaction, door, facts, verdict, record, peer, durationMs }: Decision) {
  return {
    verdict,
    transaction,
    user: facts.user,
    claimedUser: facts.claimedUser,
    duoUser: record.duoUser === facts.user ? undefined : record.duoUser,
    service: facts.service,
    rhost: facts.rhost,
    // SECURITY: trust_login_address lets Duo be told what a user's own process says; it does not make it true, and whoever
    // acts on the log (fail2ban) must not ban an address that a user can choose.
    rhostTrusted: door === "pam" && facts.rhostTrusted,
    address: record.address,
    tty: facts.tty,
    callerUid: facts.callerUid,
    peerPid: peer.pid,
    factor: record.factor,
    duoTxid: record.duoTxid,
    duoStatus: record.duoStatus,
    failure: record.failure,
    attempts: record.attempts,
    pushes: record.pushes,
    durationMs,
    notes: record.notes,
  };
}
