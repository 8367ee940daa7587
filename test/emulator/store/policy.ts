// Owns the switches an administrator has in Duo's panel, as far as the Auth API shows them.

import { isRateLimit, type RateLimit } from "./rate-limit.ts";

/** What an administrator can set. */
export interface EmulatorPolicy {
  /** What happens to users Duo does not know. */
  readonly newUser: "enroll" | "allow" | "deny";
  /** Digits of the verification code of Verified Duo Push; 0 is off. */
  readonly verifiedPushDigits: 0 | 3 | 4 | 5 | 6;
  /** Whether a client that cannot show the code loses push; sources disagree, off is the older wording. */
  readonly verifiedPushRequired: boolean;
  /** How long a trusted device token works; 0 is off. */
  readonly rememberedDeviceSeconds: number;
  /** Failures in a row that lock a user out. */
  readonly lockoutThreshold: number;
  /** How long a push or a call waits for its user. */
  readonly pushLifeMs: number;
  /** What `result` says beside `timeout`: sources disagree, so a client must bear both. */
  readonly timeoutResult: "deny" | "waiting";
  /** Codes in one SMS. */
  readonly smsCodes: number;
  /** Whether the integration is switched off: every signed request gets 40102. */
  readonly integrationDisabled: boolean;
  /** Above it requests get 42901; `null` is no limit. */
  readonly rateLimit: RateLimit | null;
}

/** Duo's usual settings. */
export const defaultPolicy: EmulatorPolicy = {
  newUser: "enroll",
  verifiedPushDigits: 0,
  verifiedPushRequired: false,
  rememberedDeviceSeconds: 0,
  lockoutThreshold: 10,
  pushLifeMs: 60_000,
  timeoutResult: "deny",
  smsCodes: 10,
  integrationDisabled: false,
  rateLimit: null,
};

const checks: { readonly [Key in keyof EmulatorPolicy]: (value: unknown) => boolean } = {
  newUser: (value) => value === "enroll" || value === "allow" || value === "deny",
  verifiedPushDigits: (value) => typeof value === "number" && [0, 3, 4, 5, 6].includes(value),
  verifiedPushRequired: isFlag,
  rememberedDeviceSeconds: isCount,
  lockoutThreshold: isCount,
  pushLifeMs: isCount,
  timeoutResult: (value) => value === "deny" || value === "waiting",
  smsCodes: isCount,
  integrationDisabled: isFlag,
  rateLimit: isRateLimit,
};

function isFlag(value: unknown): boolean {
  return typeof value === "boolean";
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31;
}

/**
 * Checks settings that came from outside.
 * @throws TypeError naming the setting that is unknown or out of range.
 */
export function parsePolicy(value: unknown): Partial<EmulatorPolicy> {
  if (typeof value !== "object" || value === null) throw new TypeError("policy: write a JSON object");
  const entries = new Map<string, unknown>(Object.entries(value));
  for (const [key, setting] of entries) {
    const check = new Map<string, (value: unknown) => boolean>(Object.entries(checks)).get(key);
    if (check === undefined || !check(setting)) throw new TypeError(`policy: "${key}" is unknown or out of range`);
  }
  return value;
}
