// Scenarios about what Duo says of an account, the menu and its factors, autopush, and how a conversation can end. Duo is
// reachable and everything is configured as it should be.

import { ACCOUNTS, inArea } from "../support/parity-scenario.ts";

const AUTOPUSH = { autopush: "yes" };
const ONE = { prompts: "1" };

export const ACCOUNT_STATES = inArea("accounts at Duo", [
  { name: "bypass", account: ACCOUNTS.bypass },
  { name: "disabled", account: ACCOUNTS.disabled },
  { name: "locked out", account: ACCOUNTS.lockedOut },
  { name: "not enrolled", account: ACCOUNTS.notEnrolled },
  { name: "not enrolled, new users are let in", account: ACCOUNTS.notEnrolled, policy: { newUser: "allow" } },
  { name: "not enrolled, new users are denied", account: ACCOUNTS.notEnrolled, policy: { newUser: "deny" } },
  { name: "no such account on this machine", user: "nobody-here" },
  { name: "locked out by this login", policy: { lockoutThreshold: 1 }, answers: ["999999"] },
]);

export const FACTORS = inArea("menu and factors", [
  { name: "push by number", answers: ["1"], phone: ["approve"] },
  { name: "push to the second phone by number", answers: ["2"], phone: ["approve"] },
  { name: "push by word", answers: ["push"], phone: ["approve"] },
  { name: "push2 by word", answers: ["push2"], phone: ["approve"] },
  { name: "push denied, then the second phone", answers: ["1", "2"], phone: ["deny", "approve"] },
  { name: "phone call by number", answers: ["4"], phone: ["pick-up"] },
  { name: "phone call by word", answers: ["phone"], phone: ["pick-up"] },
  { name: "sms by number, then its code", answers: ["5", "7000001"] },
  { name: "sms2 by word, then its code", answers: ["sms2", "7000001"] },
  { name: "passcode", answers: ["800001"] },
  { name: "passcode wrong, then right", answers: ["123456", "800002"] },
  { name: "the same passcode twice in one login", answers: ["999999", "999999", "800001"] },
  { name: "bypass code", account: ACCOUNTS.tokenAndCodes, answers: ["900000001"] },
  { name: "code of a hardware token", account: ACCOUNTS.tokenAndCodes, answers: ["700001"] },
  { name: "a token and no phone: no menu", account: ACCOUNTS.tokenOnly, answers: ["700001"] },
  { name: "passcode with blanks in it", answers: ["800 001"] },
  { name: "a number with a blank before it", answers: [" 1"], phone: ["approve"] },
  { name: "a number that the menu does not have", answers: ["9", "800001"] },
  { name: "a word that no factor has", answers: ["telepathy", "800001"] },
  { name: "just Enter", answers: [""], phone: ["approve"] },
  { name: "300 digits", answers: ["7".repeat(300), "800001"] },
  { name: "a push that nobody answers", answers: ["1"], conf: ONE, policy: { pushLifeMs: 700 } },
  { name: "a phone that is switched off", account: ACCOUNTS.switchedOff, answers: ["1"], conf: ONE, phone: ["deny"] },
  {
    name: "a factor that Duo lists and refuses",
    answers: ["1", "800001"],
    before: (emulator) => emulator.limitFactors("root", ["push"], { listed: true }),
  },
]);

export const AUTOPUSHES = inArea("autopush", [
  { name: "autopush approved", conf: AUTOPUSH, phone: ["approve"] },
  { name: "autopush denied, then nobody answers", conf: AUTOPUSH, phone: ["deny", "deny", "deny"] },
  { name: "autopush denied, then a passcode", conf: AUTOPUSH, phone: ["deny", "approve"], answers: ["800001"] },
  { name: "autopush with a phone that can only ring", conf: AUTOPUSH, account: ACCOUNTS.callsOnly, phone: ["pick-up"] },
  { name: "autopush without a phone", conf: AUTOPUSH, account: ACCOUNTS.tokenOnly, answers: ["700001"] },
  { name: "autopush for a bypassed user", conf: AUTOPUSH, account: ACCOUNTS.bypass },
]);

export const CONVERSATIONS = inArea("prompts and conversation", [
  { name: "three denied pushes", answers: ["1", "1", "1"], phone: ["deny", "deny", "deny"] },
  { name: "three wrong passcodes", answers: ["111111", "222222", "333333"] },
  { name: "one prompt, a wrong passcode", conf: ONE, answers: ["111111"] },
  { name: "two prompts, the second right", conf: { prompts: "2" }, answers: ["111111", "800001"] },
  { name: "the conversation fails at the first prompt" },
  { name: "the conversation fails after a denial", answers: ["1"], phone: ["deny"] },
  { name: "the conversation answers with nothing", answers: ["!null"] },
  { name: "the conversation answers without a text", answers: ["!empty"] },
]);
