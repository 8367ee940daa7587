// The gateway's events as metrics. It adds nothing to what they hold, and no name of a user. Called by cli/observation.ts.

import type { Metrics } from "../telemetry/metrics.ts";
import type { Decision, GatewayLog } from "./ports.ts";

/** `log`, with everything counted in `metrics` too. */
export function measuring(log: GatewayLog, metrics: Metrics): GatewayLog {
  return {
    decision(decision) {
      metrics.decided(countedDecision(decision));
      log.decision(decision);
    },
    lateAllow(decision, stopped) {
      metrics.lateAllow();
      log.lateAllow(decision, stopped);
    },
    connectionRefused(door, detail) {
      metrics.helperRefused(door, "peer-refused");
      log.connectionRefused(door, detail);
    },
    violation(door, peer, transaction, code) {
      metrics.helperRefused(door, "protocol-violation");
      log.violation(door, peer, transaction, code);
    },
    noStart(door, peer, code) {
      metrics.helperRefused(door, code === "gone" ? "left-before-start" : "start-timeout");
      log.noStart(door, peer, code);
    },
    defect(transaction, error) {
      metrics.defect();
      log.defect(transaction, error);
    },
    listenerFailed(door, error) {
      metrics.defect();
      log.listenerFailed(door, error);
    },
  };
}

function countedDecision({ verdict, facts, record, durationMs }: Decision) {
  const { factor, pushes, notes, userMs } = record;
  const failedAttempts = notes.flatMap((note) => (note.kind === "attempt-failed" ? [note.status] : []));
  return { verdict, service: facts.service, factor, pushes, failedAttempts, durationMs, userMs };
}
