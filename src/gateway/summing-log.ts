// Which of the gateway's events anybody on this machine can cause without getting anywhere, and therefore without end:
// connections that come to nothing, and denials on login.sock for which Duo was not asked. These pass through the summary;
// every other decision has a line of its own.

import type { Door } from "./admission.ts";
import type { Decision, GatewayLog, NoStart } from "./ports.ts";
import type { RefusalSummary } from "./refusal-summary.ts";

const NO_START: Readonly<Record<NoStart, string>> = {
  gone: "left-before-start",
  timeout: "start-timeout",
  cut: "cut-before-start",
};

/** `ownUid` is the daemon's: what it and root do on pam.sock is written, all of it. */
export function summing(log: GatewayLog, summary: RefusalSummary, ownUid: number): GatewayLog {
  const isTrusted = (door: Door, uid: number | undefined) => door === "pam" && (uid === 0 || uid === ownUid);
  const hasLine = (socket: Door, cause: string, uid: number | undefined) =>
    isTrusted(socket, uid) || summary.ownLine({ socket, cause, uid });
  return {
    ...log,
    decision(decision) {
      const { door, peer, verdict } = decision;
      if (isOwed(decision) || hasLine(door, `decision ${verdict.reason}`, peer.uid)) log.decision(decision);
    },
    connectionRefused(door, detail) {
      // The detail may name a uid, or an error: no part of the kind, or each would be a new one.
      if (hasLine(door, "connection-refused", undefined)) log.connectionRefused(door, detail);
    },
    violation(door, peer, transaction, code) {
      if (hasLine(door, `protocol-violation ${code}`, peer.uid)) log.violation(door, peer, transaction, code);
    },
    noStart(door, peer, code) {
      if (hasLine(door, NO_START[code], peer.uid)) log.noStart(door, peer, code);
    },
    listenerFailed(door, error) {
      if (hasLine(door, "listener-failed", undefined)) log.listenerFailed(door, error);
    },
  };
}

/**
 * SECURITY: an allow has its line, always; and so has a denial after Duo was asked, which may say that somebody has a
 * user's password. login-pace.ts bounds how often a uid of login.sock comes that far.
 */
function isOwed({ verdict, record }: Decision): boolean {
  return verdict.kind === "allow" || record.attempts > 0;
}
