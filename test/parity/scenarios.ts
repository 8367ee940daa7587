// The whole table of scenarios, in the order in which docs/PARITY.md shows it.

import type { PlacedScenario } from "../support/parity-scenario.ts";
import { CONFIGURATION } from "./configuration-scenarios.ts";
import { HTTP_ERRORS, OUTAGES } from "./failure-scenarios.ts";
import { ADDRESSES, PEOPLE, SSHD } from "./identity-scenarios.ts";
import { ACCOUNT_STATES, AUTOPUSHES, CONVERSATIONS, FACTORS } from "./login-scenarios.ts";
import { LOGINS, PRESENT_API } from "./other-door-scenarios.ts";

export const SCENARIOS: readonly PlacedScenario[] = [
  ...CONFIGURATION,
  ...ACCOUNT_STATES,
  ...FACTORS,
  ...AUTOPUSHES,
  ...CONVERSATIONS,
  ...SSHD,
  ...PEOPLE,
  ...ADDRESSES,
  ...HTTP_ERRORS,
  ...OUTAGES,
  ...LOGINS,
  ...PRESENT_API,
];
