// The shape of a parity scenario: one login that Debian's Duo Unix 1.11.3 and duogate both go through against the emulator.
// It is data; parity-theirs.ts and parity-ours.ts play it, test/parity/*-scenarios.ts fill the table.

import type { Emulator } from "../emulator/emulator.ts";
import type { EmulatorPolicy } from "../emulator/store/policy.ts";
import type { EmulatorUser } from "../emulator/store/users.ts";
import type { Reaction } from "../emulator/store/world.ts";
import { phone, withPhones } from "./official-logins.ts";
import type { PhoneAction } from "./official-phone.ts";
import type { DuoConf } from "./official-place.ts";

export const AREAS = [
  "configuration",
  "accounts at Duo",
  "menu and factors",
  "autopush",
  "prompts and conversation",
  "sshd",
  "su, groups, GECOS",
  "client address",
  "answers of Duo that are errors",
  "outages",
  "login_duo",
  "api = v2",
] as const;
export type Area = (typeof AREAS)[number];

/** One login, in Duo Unix's words. */
export interface ParityScenario {
  readonly name: string;
  /** The PAM service; sudo unless given. */
  readonly service?: string;
  /** login_duo and login_duogate in place of the PAM modules. */
  readonly login?: "terminal" | "headless";
  /** The account, root unless given. Others exist in the sandbox only: see parity-accounts.ts. */
  readonly user?: string;
  /** Whose real uid the PAM application has, as under su. */
  readonly caller?: string;
  /** The name under which Duo should know the user; the account's unless given. */
  readonly duoName?: string;
  readonly account?: EmulatorUser;
  readonly policy?: Partial<EmulatorPolicy>;
  readonly rhost?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Duo Unix, which duogate gets through the translation of `duogate import`. */
  readonly conf?: DuoConf;
  /** The same harm to both files, after the translation. */
  readonly harm?: (text: string) => string;
  /** Permissions of both files; `absent`: there is no file. */
  readonly file?: number | "absent";
  /** A further argument of both modules. */
  readonly argument?: string;
  /** Which of Duo's interfaces duogate speaks; v1, which Duo Unix 1.11.3 speaks, unless given. */
  readonly api?: "v1" | "v2" | "unix";
  readonly answers?: readonly string[];
  /** What the person does to each push or call while the client polls… */
  readonly phone?: readonly PhoneAction[];
  /** …or does to all of them at once, for clients that wait for auth. */
  readonly habit?: Reaction;
  /** Faults, planned before either client starts. */
  readonly before?: (emulator: Emulator) => void;
}

/** A scenario in its area. */
export interface PlacedScenario extends ParityScenario {
  readonly area: Area;
}

export function inArea(area: Area, scenarios: readonly ParityScenario[]): readonly PlacedScenario[] {
  return scenarios.map((scenario) => ({ ...scenario, area }));
}

/** Whether it needs accounts that only the sandbox has. */
export function needsAccounts({ user = "root", caller = "root" }: ParityScenario): boolean {
  return ![user, caller].every((name) => name === "root" || name === "nobody-here");
}

/** The name under which the emulator knows the user. */
export function duoNameOf({ user = "root", duoName = user }: ParityScenario): string {
  return duoName;
}

/** The users of the emulator: this login's, twice the phones of Duo's own example unless it says otherwise. */
export function usersOf(scenario: ParityScenario): Readonly<Record<string, EmulatorUser>> {
  return { [duoNameOf(scenario)]: scenario.account ?? withPhones };
}

const { sms_nextcode: _, ...plain } = phone;
const token = { device: "DHROOT00000000000001", name: "400100", codes: ["700001", "700002"] } as const;

export const ACCOUNTS = {
  bypass: { ...withPhones, status: "bypass" },
  disabled: { ...withPhones, status: "disabled" },
  lockedOut: { ...withPhones, status: "locked_out" },
  notEnrolled: { status: "not_enrolled" },
  onePhone: { status: "active", phones: [plain] },
  callsOnly: { status: "active", phones: [{ ...plain, capabilities: ["phone"] }] },
  tokenOnly: { status: "active", tokens: [token] },
  tokenAndCodes: { ...withPhones, tokens: [token], bypass_codes: ["900000001"] },
  switchedOff: { status: "active", phones: [{ ...plain, unreachable: true }] },
} as const satisfies Readonly<Record<string, EmulatorUser>>;
