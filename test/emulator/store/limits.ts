// Owns what policy takes from a user's phones for this login: Risk-Based Factor Selection, and Verified Push required.
// The lists of devices and menus, and the factors themselves, ask here, so that they cannot disagree.

import type { Account, Phone } from "./account.ts";
import type { Capability } from "./users.ts";
import type { World } from "./world.ts";

/** The factors that Risk-Based Factor Selection withholds from one user, until it is lifted. */
export interface RiskLimit {
  readonly without: readonly Capability[];
  /** Whether preauth still offers them, so that the refusal comes only when one is used. */
  readonly listed: boolean;
}

// The words for push are in Duo's v1 document; those for the others are formed after them.
const refusals: Readonly<Record<Capability, string>> = {
  push: "Selected number is restricted from Duo Push authentication",
  phone: "Selected number is restricted from phone call authentication",
  sms: "Selected number is restricted from SMS passcode authentication",
  mobile_otp: "Passcodes are restricted",
};

/** Duo's words if the factor is withheld from this user, else `undefined`. */
export function riskRefusal(world: World, account: Account, capability: Capability): string | undefined {
  const limit = world.riskLimits.get(account.name);
  return limit?.without.includes(capability) === true ? refusals[capability] : undefined;
}

/** Whether push is off because the client has not said that it can show a verification code. */
export function pushNeedsCode(world: World, account: Account): boolean {
  const { verifiedPushDigits, verifiedPushRequired } = world.policy;
  return verifiedPushRequired && verifiedPushDigits > 0 && !world.showsCodes.has(account);
}

/** What preauth offers for a phone now. */
export function offeredCapabilities(world: World, account: Account, phone: Phone): readonly Capability[] {
  const limit = world.riskLimits.get(account.name);
  const withheld = limit === undefined || limit.listed ? [] : limit.without;
  return phone.capabilities.filter(
    (capability) => !withheld.includes(capability) && !(capability === "push" && pushNeedsCode(world, account)),
  );
}
