// Owns the factors of auth: each row checks its parameters and begins a transaction.
// A new factor is a new row. Called by auth.ts once the user may be asked.

import type { ApiCall } from "../http/route.ts";
import { type Account, consumeCode, issueSmsCodes, type Phone } from "../store/account.ts";
import { allowedState, countFailure } from "../store/decide.ts";
import { pushNeedsCode, riskRefusal } from "../store/limits.ts";
import { Transaction } from "../store/transaction.ts";
import type { Capability } from "../store/users.ts";
import { choosePhone } from "./devices.ts";
import { type Checked, refused, required, value } from "./params.ts";
import { ring } from "./ring.ts";

/** Begins one factor for one account. */
export type Factor = (call: ApiCall, account: Account) => Checked<Transaction>;

function passcode(call: ApiCall, account: Account): Checked<Transaction> {
  const code = required(call, "passcode");
  if (code.kind === "refused") return code;
  if (call.params.has("device")) return refused(40002, "device");
  if (consumeCode(account, code.value)) return value(new Transaction(account, allowedState(call.world, account)));
  countFailure(call.world, account);
  const text = "Incorrect passcode. Please try again.";
  return value(new Transaction(account, { result: "deny", status: "deny", status_msg: text }));
}

/** Uses one capability of the phone that `device` names, unless policy withholds it. */
function withPhone(
  call: ApiCall,
  account: Account,
  capability: Capability,
  use: (phone: Phone) => Checked<Transaction>,
): Checked<Transaction> {
  const device = required(call, "device");
  if (device.kind === "refused") return device;
  const phone = choosePhone(account, device.value, capability);
  if (phone === undefined) return refused(40002, "device");
  const words = riskRefusal(call.world, account, capability);
  if (words === undefined) return use(phone);
  return value(new Transaction(account, { result: "deny", status: "deny", status_msg: words }));
}

function sendCodes(call: ApiCall, account: Account, phone: Phone): Checked<Transaction> {
  const codes = issueSmsCodes(account, phone, call.world.policy.smsCodes);
  const { name: user } = account;
  call.world.messages.add((sequence) => ({
    sequence,
    user,
    device: phone.device,
    codes,
    at: performance.now(),
  }));
  const text = "New SMS passcodes sent.";
  return value(new Transaction(account, { result: "deny", status: "sent", status_msg: text }));
}

function sms(call: ApiCall, account: Account): Checked<Transaction> {
  return withPhone(call, account, "sms", (phone) => sendCodes(call, account, phone));
}

function push(call: ApiCall, account: Account): Checked<Transaction> {
  if (pushNeedsCode(call.world, account)) return refused(40002, "device");
  return withPhone(call, account, "push", (phone) => ring(call, account, phone, "push"));
}

function phoneCall(call: ApiCall, account: Account): Checked<Transaction> {
  return withPhone(call, account, "phone", (phone) => ring(call, account, phone, "phone"));
}

function auto(call: ApiCall, account: Account): Checked<Transaction> {
  const device = required(call, "device");
  if (device.kind === "refused") return device;
  const phone = choosePhone(account, device.value, "push");
  const canPush = phone !== undefined && !pushNeedsCode(call.world, account);
  const limited = riskRefusal(call.world, account, "push") !== undefined;
  return canPush && !limited ? push(call, account) : phoneCall(call, account);
}

/** The factors by the word in the `factor` parameter. */
export const factors: ReadonlyMap<string, Factor> = new Map<string, Factor>([
  ["auto", auto],
  ["push", push],
  ["phone", phoneCall],
  ["sms", sms],
  ["passcode", passcode],
]);
