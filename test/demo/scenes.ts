// Owns the tour: its scenes as data, with what each must come to. Runs nothing. Users and codes are those of the emulator's
// users file. Called by the tour; the test of the demo compares its verdicts with this table's.

import type { PamCodeName } from "../../src/ffi/pam-codes.ts";
import type { Failmode } from "./stage.ts";

/** What the owner of the phone does with a push. `enter-code`: reads the code from the login's screen and enters it. */
export type PhoneAct = "approve" | "deny" | "fraud" | "enter-code";

/** An answer to a prompt; `after-phone` waits until the phone has been used. */
export type Typed = string | { readonly text: string; readonly when: "after-phone" };

export interface Expected {
  readonly pam: PamCodeName;
  readonly verdict: string;
  readonly reason: string;
  /** What the user must have seen. */
  readonly shows?: string;
}

export interface Scene {
  readonly name: string;
  readonly title: string;
  readonly story: string;
  readonly user: string;
  /** Answers to the prompts, in order. */
  readonly typed: readonly Typed[];
  /** One act for each push, in order; so many pushes must come, and no more. */
  readonly phone: readonly PhoneAct[];
  readonly failmode?: Failmode;
  readonly verifiedPush?: boolean;
  readonly duoDown?: boolean;
  readonly expected: Expected;
}

const approved = { pam: "PAM_SUCCESS", verdict: "allow", reason: "duo-approved" } as const;

export const scenes: readonly Scene[] = [
  {
    name: "push-approved",
    title: "Push, approved",
    story: "Alice has given her password. She picks the push, and approves it on her phone.",
    user: "alice",
    typed: ["1"],
    phone: ["approve"],
    expected: { ...approved, shows: "1. Duo Push to XXX-XXX-0100 [Enter]" },
  },
  {
    name: "passcode",
    title: "Passcode",
    story: "Alice's phone is at home. She types a code from her hardware token into the same prompt.",
    user: "alice",
    typed: ["200001"],
    phone: [],
    expected: approved,
  },
  {
    name: "push-denied",
    title: "Push, denied",
    story: "Somebody else has Alice's password. She denies; they guess a passcode, push again, and are out of tries.",
    user: "alice",
    typed: ["1", "123456", "1"],
    phone: ["deny", "deny"],
    expected: {
      pam: "PAM_MAXTRIES",
      verdict: "max-tries",
      reason: "prompts-used-up",
      shows: "Too many attempts.",
    },
  },
  {
    name: "verified-push",
    title: "Verified push",
    story: "Duo wants proof that the phone's owner sees this screen: the code on it has to be entered on the phone.",
    user: "alice",
    typed: ["1", { text: "", when: "after-phone" }],
    phone: ["enter-code"],
    verifiedPush: true,
    expected: { ...approved, shows: "in Duo Mobile." },
  },
  {
    name: "bypass",
    title: "Bypass",
    story: "An administrator has put Carol into bypass at Duo: she is asked for nothing.",
    user: "carol",
    typed: [],
    phone: [],
    expected: { pam: "PAM_SUCCESS", verdict: "allow", reason: "duo-bypass" },
  },
  {
    name: "enroll",
    title: "Not enrolled",
    story: "Dave has no device at Duo yet. He gets the address at which he can enroll, and is not let in.",
    user: "dave",
    typed: [],
    phone: [],
    expected: { pam: "PAM_AUTH_ERR", verdict: "deny", reason: "not-enrolled", shows: "https://" },
  },
  {
    name: "outage-safe",
    title: "Duo out of reach, failmode = safe",
    story: "Duo refuses connections. The administrator chose that the password alone is enough then.",
    user: "alice",
    typed: [],
    phone: [],
    failmode: "safe",
    duoDown: true,
    expected: { pam: "PAM_SUCCESS", verdict: "allow", reason: "failmode-safe" },
  },
  {
    name: "outage-secure",
    title: "Duo out of reach, failmode = secure",
    story: "The same outage, and the other choice: nobody gets in.",
    user: "alice",
    typed: [],
    phone: [],
    failmode: "secure",
    duoDown: true,
    expected: {
      pam: "PAM_AUTHINFO_UNAVAIL",
      verdict: "unavailable",
      reason: "failmode-secure",
      shows: "Duo cannot be reached",
    },
  },
];
