// Every way in which a login can end, as a table: so that each has its series from the start, at zero. Without it the first
// fraud report of a machine would be no increase, and no alert. Complete by its type. Used by metrics.ts.

import type { Reason, Verdict } from "../core/verdict.ts";

type KindOf<R extends Reason, V extends Verdict = Verdict> = V extends unknown
  ? R extends V["reason"]
    ? V["kind"]
    : never
  : never;

const VERDICT_OF: { readonly [R in Reason]: KindOf<R> } = {
  "duo-approved": "allow",
  "duo-bypass": "allow",
  "outside-groups": "allow",
  "failmode-safe": "allow",
  "duo-denied": "deny",
  "not-enrolled": "deny",
  "locked-out": "deny",
  "fraud-reported": "deny",
  "unknown-user": "deny",
  "bad-user-name": "deny",
  "peer-not-allowed": "deny",
  "mapping-not-allowed": "deny",
  "not-own-account": "deny",
  "too-many-logins": "deny",
  "no-conversation": "deny",
  "no-usable-factor": "deny",
  "push-pending": "deny",
  "out-of-time": "deny",
  "shutting-down": "deny",
  "protocol-violation": "deny",
  defect: "deny",
  "duo-refused": "deny",
  "duo-nonsense": "deny",
  "local-trouble": "deny",
  "prompts-used-up": "max-tries",
  "cancelled-after-refusal": "max-tries",
  "factor-failed": "max-tries",
  "failmode-secure": "unavailable",
  "outage-after-factor": "unavailable",
  "user-cancelled": "aborted",
  "answer-timeout": "aborted",
  "helper-gone": "aborted",
  "duo-keys": "misconfigured",
  "duo-clock": "misconfigured",
  "duo-proxy": "misconfigured",
  identity: "misconfigured",
  "protocol-version": "misconfigured",
};

/** Verdict and reason of every possible decision. */
export const ENDINGS: readonly { readonly verdict: string; readonly reason: string }[] = Object.entries(VERDICT_OF).map(
  ([reason, verdict]) => ({ verdict, reason }),
);
