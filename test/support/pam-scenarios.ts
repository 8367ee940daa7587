// The logins whose transcripts are kept: a table of who logs in with which settings, what they type, what they do on the
// phone, and how it must end. test/integration/login.test.ts runs it. One table, hence longer than other files.

import { setTimeout } from "node:timers/promises";
import { READING_MS } from "../../src/login/unread.ts";
import type { EmulatorPolicy } from "../emulator/store/policy.ts";
import type { Reaction } from "../emulator/store/world.ts";
import { pollHeld, type Stage } from "./pam-stage.ts";

/** What is typed at a prompt, or how it is found out while the prompt stands. */
export type Answer = string | ((stage: Stage, prompt: string) => Promise<string>);

export interface Scenario {
  /** Also the file's name. */
  readonly name: string;
  readonly user?: string;
  readonly service?: string;
  readonly items?: { readonly tty?: string; readonly rhost?: string; readonly ruser?: string };
  readonly processEnv?: Readonly<Record<string, string>>;
  readonly silent?: boolean;
  /** The scripted helper without a conversation, in place of the module. */
  readonly nonInteractive?: boolean;
  /** Lines of [duo]. */
  readonly duo?: readonly string[];
  readonly policy?: Partial<EmulatorPolicy>;
  readonly answers?: readonly Answer[];
  /** What the user does at each push or call, once its first status has been shown. */
  readonly phone?: readonly Reaction[];
  readonly result: string;
  readonly reason: string;
  /** Pushes and calls that reach the phone. */
  readonly rings?: number;
}

const AUTOPUSH = ["autopush = yes"];
const REMOTE = { service: "sshd", items: { tty: "ssh", rhost: "192.0.2.7" } };

const typeSmsCode: Answer = async ({ emulator }) => {
  const message = await emulator.nextMessage("alice");
  return message.codes[0] ?? "";
};

/** The daemon tells a person from a program by this time alone. */
const enterAfterReading: Answer = async () => await setTimeout(READING_MS, "");

/** Reads the code off the prompt, types it on the phone, and presses Enter. */
const enterCodeOnPhone: Answer = async ({ emulator }, prompt) => {
  await pollHeld(emulator, 0);
  emulator.approve("alice", /code (\d{6}) /.exec(prompt)?.[1] ?? "none shown");
  return "";
};

export const SCENARIOS: readonly Scenario[] = [
  { name: "push-approved", answers: ["1"], phone: ["approve"], result: "PAM_SUCCESS", reason: "duo-approved" },
  {
    name: "enter-default",
    answers: [enterAfterReading],
    phone: ["approve"],
    result: "PAM_SUCCESS",
    reason: "duo-approved",
  },
  {
    name: "push-over-ssh",
    ...REMOTE,
    answers: ["push"],
    phone: ["approve"],
    result: "PAM_SUCCESS",
    reason: "duo-approved",
  },
  {
    name: "push2-names-the-second-phone",
    user: "two",
    answers: ["push2"],
    phone: ["approve"],
    result: "PAM_SUCCESS",
    reason: "duo-approved",
  },
  { name: "passcode", answers: ["100001"], result: "PAM_SUCCESS", reason: "duo-approved", rings: 0 },
  { name: "passcode-wrong-then-right", answers: ["999999", "100 002"], result: "PAM_SUCCESS", reason: "duo-approved" },
  { name: "bypass-code", answers: ["900000001"], result: "PAM_SUCCESS", reason: "duo-approved" },
  { name: "sms-then-passcode", answers: ["sms", typeSmsCode], result: "PAM_SUCCESS", reason: "duo-approved" },
  { name: "phone-call", answers: ["phone1"], phone: ["approve"], result: "PAM_SUCCESS", reason: "duo-approved" },
  {
    name: "denied-then-another-factor",
    answers: ["1", "100001"],
    phone: ["deny"],
    result: "PAM_SUCCESS",
    reason: "duo-approved",
  },
  {
    name: "push-expired",
    answers: ["1"],
    phone: ["timeout"],
    result: "PAM_MAXTRIES",
    reason: "cancelled-after-refusal",
  },
  { name: "fraud", answers: ["1"], phone: ["fraud"], result: "PAM_AUTH_ERR", reason: "fraud-reported" },
  {
    name: "verified-push",
    policy: { verifiedPushDigits: 6 },
    answers: ["1", enterCodeOnPhone],
    rings: 1,
    result: "PAM_SUCCESS",
    reason: "duo-approved",
  },
  {
    name: "verified-push-denied",
    policy: { verifiedPushDigits: 6 },
    duo: ["prompts = 1"],
    answers: ["1", ""],
    phone: ["deny"],
    result: "PAM_MAXTRIES",
    reason: "prompts-used-up",
  },
  { name: "bypass", user: "carol", result: "PAM_SUCCESS", reason: "duo-bypass" },
  { name: "not-enrolled", user: "dave", result: "PAM_AUTH_ERR", reason: "not-enrolled" },
  { name: "denied", user: "erin", result: "PAM_AUTH_ERR", reason: "duo-denied" },
  { name: "locked-out", user: "frank", result: "PAM_AUTH_ERR", reason: "duo-denied" },
  {
    name: "locked-out-by-this-login",
    policy: { lockoutThreshold: 1 },
    answers: ["999999"],
    result: "PAM_AUTH_ERR",
    reason: "duo-denied",
  },
  { name: "autopush", duo: AUTOPUSH, phone: ["approve"], result: "PAM_SUCCESS", reason: "duo-approved" },
  {
    name: "autopush-denied-then-menu",
    duo: AUTOPUSH,
    answers: ["100001"],
    phone: ["deny"],
    result: "PAM_SUCCESS",
    reason: "duo-approved",
  },
  { name: "token-only", user: "grace", answers: ["", "700001"], result: "PAM_SUCCESS", reason: "duo-approved" },
  { name: "cancelled", answers: [], result: "PAM_ABORT", reason: "user-cancelled" },
  {
    name: "prompts-exhausted",
    answers: ["nonsense", "9", "push9"],
    result: "PAM_MAXTRIES",
    reason: "prompts-used-up",
  },
  {
    name: "silent",
    silent: true,
    duo: AUTOPUSH,
    phone: ["approve"],
    result: "PAM_SUCCESS",
    reason: "duo-approved",
  },
  {
    name: "pushinfo",
    duo: ["pushinfo = yes"],
    service: "sudo",
    items: { tty: "/dev/pts/3" },
    processEnv: { SUDO_COMMAND: "/usr/bin/id\u001b[2J --all" },
    answers: ["1"],
    phone: ["approve"],
    result: "PAM_SUCCESS",
    reason: "duo-approved",
  },
  { name: "non-interactive", nonInteractive: true, result: "deny", reason: "no-conversation" },
  {
    name: "non-interactive-autopush",
    nonInteractive: true,
    duo: AUTOPUSH,
    phone: ["approve"],
    result: "allow",
    reason: "duo-approved",
  },
  {
    name: "non-interactive-autopush-denied",
    nonInteractive: true,
    duo: AUTOPUSH,
    phone: ["deny"],
    result: "max-tries",
    reason: "factor-failed",
  },
  {
    name: "non-interactive-verified-push",
    nonInteractive: true,
    duo: AUTOPUSH,
    policy: { verifiedPushDigits: 6 },
    result: "deny",
    reason: "no-conversation",
  },
  { name: "name-with-spaces", user: "anna lisa", result: "PAM_SUCCESS", reason: "duo-bypass" },
  { name: "name-in-utf8", user: "jürgen-山田", result: "PAM_SUCCESS", reason: "duo-bypass" },
  { name: "name-with-leading-dash", user: "--help", result: "PAM_SUCCESS", reason: "duo-bypass" },
  { name: "name-of-256-bytes", user: "u".repeat(256), result: "PAM_SUCCESS", reason: "duo-bypass" },
  { name: "name-with-controls", user: "al\u001b[1mice\n", result: "PAM_AUTH_ERR", reason: "bad-user-name" },
  { name: "name-with-bidi-override", user: "al\u202eeci", result: "PAM_AUTH_ERR", reason: "bad-user-name" },
];
