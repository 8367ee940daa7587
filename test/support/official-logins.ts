// The whole logins that Debian's pam_duo must complete against the emulator, as a table: who, what is typed, what is done on
// the phone, and every message pam_duo must show. Used by emulator-duo-unix.test.ts and emulator-login-duo.test.ts.

import type { EmulatorOptions } from "../emulator/emulator.ts";
import type { EmulatorUser } from "../emulator/store/users.ts";
import type { PamDuoLogin } from "./official-duo-unix.ts";
import type { PhoneAction } from "./official-phone.ts";

/** pam_duo looks the name up among the accounts of the machine; root is on every one. */
export const user = "root";

/** PAM return codes. */
export const PAM = { success: 0, serviceError: 3, maxTries: 11, abort: 26 } as const;

/** A phone with the number of the document's example, and codes known beforehand. */
export const phone = {
  device: "DPROOT00000000000001",
  number: "XXX-XXX-1234",
  display_name: "iOS (XXX-XXX-1234)",
  capabilities: ["push", "phone", "sms", "mobile_otp"],
  sms_nextcode: "B",
  sms_codes: ["7000001", "7000002"],
  otp_codes: ["800001", "800002"],
} as const;
const second = { ...phone, device: "DPROOT00000000000002", number: "XXX-XXX-5678" } as const;
const { sms_nextcode: _, ...plainSecond } = second;
/** The user of the document's example. */
export const withPhones: EmulatorUser = { status: "active", phones: [phone, plainSecond] };

/** The service's menu for this user. */
export const menu = [
  `Duo two-factor login for ${user}\n`,
  "Enter a passcode or select one of the following options:\n",
  " 1. Duo Push to XXX-XXX-1234",
  " 2. Duo Push to XXX-XXX-5678",
  " 3. Phone call to XXX-XXX-1234",
  " 4. Phone call to XXX-XXX-5678",
  " 5. SMS passcodes to XXX-XXX-1234 (next code starts with: B)",
  " 6. SMS passcodes to XXX-XXX-5678",
  "\nPasscode or option (1-6): ",
].join("\n");
export const prompt = `prompt-on ${menu}`;
export const pushed = "info Pushed a login request to your device...";
export const success = "info Success. Logging you in...";

/** One login. */
export interface OfficialCase {
  readonly name: string;
  readonly account?: EmulatorUser;
  readonly options?: EmulatorOptions;
  readonly login?: Partial<PamDuoLogin>;
  readonly phone?: readonly PhoneAction[];
  readonly code: number;
  readonly transcript: readonly string[];
  /** `factor` and `auto` of each auth, as pam_duo sent them. */
  readonly sent: readonly string[];
  readonly log: RegExp;
}

/** The logins. */
export const cases: readonly OfficialCase[] = [
  {
    name: "push approved",
    login: { answers: ["1"], rhost: "203.0.113.5" },
    phone: ["approve"],
    code: PAM.success,
    transcript: [prompt, "info ", pushed, success],
    sent: ["push1"],
    log: /Successful Duo login for 'root' from 203\.0\.113\.5/,
  },
  {
    name: "push denied, then approved on the second phone",
    login: { answers: ["1", "2"] },
    phone: ["deny", "approve"],
    code: PAM.success,
    transcript: [prompt, "info ", pushed, "info Login request denied.", "info ", prompt, "info ", pushed, success],
    sent: ["push1", "push2"],
    log: /Failed Duo login.*\n.*Successful Duo login/,
  },
  {
    name: "passcode wrong, then right",
    login: { answers: ["123456", "800002"] },
    code: PAM.success,
    transcript: [
      ...[prompt, "info ", "info Incorrect passcode. Please try again.", "info "],
      ...[prompt, "info ", success],
    ],
    sent: ["123456", "800002"],
    log: /Successful Duo login/,
  },
  {
    name: "sms, then a passcode out of the message",
    login: { answers: ["5", "7000001"] },
    code: PAM.success,
    transcript: [
      ...[prompt, "info ", "info New SMS passcodes sent.", "info "],
      ...[prompt.replace("with: B", "with: 7"), "info ", success],
    ],
    sent: ["sms1", "7000001"],
    log: /Successful Duo login/,
  },
  {
    name: "phone call",
    login: { answers: ["4"] },
    phone: ["pick-up"],
    code: PAM.success,
    transcript: [
      ...[prompt, "info ", "info Dialing XXX-XXX-5678...", "info Answered. Press any key to log in.", success],
    ],
    sent: ["phone2"],
    log: /Successful Duo login/,
  },
  {
    name: "three denied pushes use the prompts up",
    login: { answers: ["push", "push2", "1"] },
    phone: ["deny", "deny", "deny"],
    code: PAM.maxTries,
    transcript: Array.from({ length: 3 }, () => [
      prompt,
      "info ",
      pushed,
      "info Login request denied.",
      "info ",
    ]).flat(),
    sent: ["push", "push2", "push1"],
    log: /Failed Duo login/,
  },
  {
    name: "autopush without an answer",
    login: { conf: { autopush: "yes" } },
    phone: ["approve"],
    code: PAM.success,
    transcript: ["info Autopushing login request to phone...", "info ", pushed, success],
    sent: ["push1"],
    log: /Successful Duo login/,
  },
  {
    name: "bypass",
    account: { ...withPhones, status: "bypass" },
    code: PAM.success,
    transcript: [],
    sent: [],
    log: /Skipped Duo login for 'root': Bypassing authentication/,
  },
  {
    name: "deny",
    account: { ...withPhones, status: "disabled" },
    code: PAM.abort,
    transcript: ["info Your account is disabled."],
    sent: [],
    log: /Aborted Duo login for 'root': Your account is disabled\./,
  },
  {
    name: "locked out",
    account: { ...withPhones, status: "locked_out" },
    code: PAM.abort,
    transcript: ["info Your account has been locked out."],
    sent: [],
    log: /Aborted Duo login/,
  },
  {
    name: "a disabled integration key",
    options: { policy: { integrationDisabled: true } },
    code: PAM.serviceError,
    transcript: [],
    sent: [],
    log: /Failsecure Duo login for 'root': Invalid ikey or skey/,
  },
  {
    name: "a rate limit that says to come back much later",
    options: { policy: { rateLimit: { requests: 0, windowMs: 60_000, per: "user", header: "Retry-After" } } },
    code: PAM.abort,
    transcript: [],
    sent: [],
    log: /Aborted Duo login for 'root': HTTP 429/,
  },
];
