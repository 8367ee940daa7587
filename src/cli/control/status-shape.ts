// The answer to GET /status, if it has the shape that this version declares (daemon-status.ts): between an upgrade and the
// restart the daemon is another version, and one that was taken over says anything.

import type { DaemonStatus } from "../daemon/daemon-status.ts";
import { isNumber, isText, listOf, optional, recordOf, shape } from "./answer-shape.ts";
import { asDecision } from "./decision-line.ts";

const percentiles = shape({
  count: isNumber,
  p50: optional(isNumber),
  p90: optional(isNumber),
  p99: optional(isNumber),
});
const connection = shape({
  sections: listOf(shape({ name: isText, failmode: isText })),
  host: isText,
  api: isText,
  health: isText,
  keys: isText,
  clockOffsetMs: optional(isNumber),
  outage: optional(shape({ since: isText, failure: isText, affectedLogins: isNumber })),
  outages: isNumber,
});
const status = shape({
  version: isText,
  uptimeSeconds: isNumber,
  problems: listOf(isText),
  pendingLogins: isNumber,
  pushesOut: isNumber,
  rememberedDevices: isNumber,
  connections: listOf(connection),
  latency: shape({ login: percentiles, processing: percentiles, duo: percentiles }),
  decisions: recordOf(isNumber),
  lastDecisions: listOf((one) => asDecision(one) !== undefined),
});

export function asDaemonStatus(value: unknown): DaemonStatus | undefined {
  return status(value) ? (value as DaemonStatus) : undefined;
}
