// Verdict: how a login ends, always with a reason. An allow can be built only by the few named functions here, so that
// each place that lets somebody in can be found and read. Used by policy/, login/, gateway/ and telemetry/.

export type AllowReason = "duo-approved" | "duo-bypass" | "outside-groups" | "failmode-safe";
export type DenyReason =
  | "duo-denied"
  | "not-enrolled"
  | "locked-out"
  | "fraud-reported"
  | "unknown-user"
  | "bad-user-name"
  | "peer-not-allowed"
  | "mapping-not-allowed"
  | "not-own-account"
  | "too-many-logins"
  | "no-conversation"
  | "no-usable-factor"
  | "push-pending"
  | "out-of-time"
  | "shutting-down"
  | "protocol-violation"
  | "defect"
  | "local-trouble"
  | "duo-refused"
  | "duo-nonsense";
export type AbortReason = "user-cancelled" | "answer-timeout" | "helper-gone";

declare const allowed: unique symbol;

/** SECURITY: the brand keeps object literals from being an allow. */
export interface Allow {
  readonly kind: "allow";
  readonly reason: AllowReason;
  readonly [allowed]: true;
}
export type Verdict =
  | Allow
  | { readonly kind: "deny"; readonly reason: DenyReason }
  | { readonly kind: "max-tries"; readonly reason: "prompts-used-up" | "cancelled-after-refusal" | "factor-failed" }
  | { readonly kind: "unavailable"; readonly reason: "failmode-secure" | "outage-after-factor" }
  | { readonly kind: "aborted"; readonly reason: AbortReason }
  | {
      readonly kind: "misconfigured";
      readonly reason: "duo-keys" | "duo-clock" | "duo-proxy" | "identity" | "protocol-version";
    };

export type VerdictKind = Verdict["kind"];
export type Reason = Verdict["reason"];

/** Duo answered `allow` to an auth or auth_status call of this very transaction. */
export function allowApproved(): Allow {
  return allow("duo-approved");
}

/** Duo answered `allow` to preauth: bypass status, trusted network, remembered device, new-user policy. */
export function allowBypass(): Allow {
  return allow("duo-bypass");
}

/** The user is in none of the configured groups that must pass. */
export function allowOutsideGroups(): Allow {
  return allow("outside-groups");
}

/** failmode = safe and a proven outage before a factor was sent: only policy/outcome.ts calls this. */
export function allowFailmodeSafe(): Allow {
  return allow("failmode-safe");
}

export function deny(reason: DenyReason): Verdict {
  return { kind: "deny", reason };
}

export function aborted(reason: AbortReason): Verdict {
  return { kind: "aborted", reason };
}

function allow(reason: AllowReason): Allow {
  return { kind: "allow", reason } as Allow;
}
