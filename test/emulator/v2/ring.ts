// Owns what happens when a device is rung: the pending transaction, its record, its end of life, the user's habit.
// Called by the factors push and phone.

import { parsePairs } from "../http/pairs.ts";
import type { ApiCall } from "../http/route.ts";
import { type Account, type Phone, randomDigits } from "../store/account.ts";
import { answer } from "../store/decide.ts";
import { Transaction, type TransactionState } from "../store/transaction.ts";
import { type Checked, refused, value } from "./params.ts";

const maxPushinfoBytes = 20_000;

/** The code the user has to type: the one preauth gave out, or a new one if the client is to show it from status_msg. */
function verificationCode(call: ApiCall, account: Account): Checked<string | undefined> {
  const txid = call.params.get("txid");
  if (txid !== undefined) {
    const reservation = call.world.transactions.claim(txid, account, Math.floor(call.nowMs / 1000));
    return reservation === undefined ? refused(40002, "txid") : value(reservation.code);
  }
  const digits = call.world.policy.verifiedPushDigits;
  const verified = digits > 0 && call.world.showsCodes.has(account);
  return value(verified ? randomDigits(digits) : undefined);
}

function firstState(phone: Phone, factor: "push" | "phone", code: string | undefined): TransactionState {
  const waiting = (status: string, text: string): TransactionState => ({ result: "waiting", status, status_msg: text });
  if (factor === "phone") return waiting("calling", `Dialing ${phone.number}...`);
  if (phone.unreachable === true) return waiting("push_failed", "The login request could not be delivered.");
  const plain = "Pushed a login request to your device...";
  return waiting("pushed", code === undefined ? plain : `Please enter verification code ${code} into Duo Mobile...`);
}

function record(call: ApiCall, transaction: Transaction, phone: Phone, factor: "push" | "phone"): void {
  const pushinfo = call.params.get("pushinfo");
  call.world.pushes.add((sequence) => ({
    sequence,
    factor,
    txid: transaction.txid,
    user: transaction.account.name,
    userId: transaction.account.userId,
    device: phone.device,
    at: performance.now(),
    ipaddr: call.params.get("ipaddr"),
    hostname: call.params.get("hostname"),
    pushinfo,
    info: parsePairs(pushinfo ?? "") ?? [],
    type: call.params.get("type"),
    displayUsername: call.params.get("display_username"),
    verificationCode: transaction.verificationCode,
  }));
}

function react({ world }: ApiCall, transaction: Transaction): void {
  const { action, delayMs } = world.habits.get(transaction.account.name) ?? { action: "none", delayMs: 0 };
  if (action === "none") return;
  if (delayMs === 0) answer(world, transaction, action);
  else transaction.schedule(delayMs, () => answer(world, transaction, action));
}

/** Rings a phone. The transaction is stored before the record is, so whoever sees the push can answer it. */
export function ring(call: ApiCall, account: Account, phone: Phone, factor: "push" | "phone"): Checked<Transaction> {
  const { world, params } = call;
  const pushinfo = params.get("pushinfo") ?? "";
  if (Buffer.byteLength(pushinfo) >= maxPushinfoBytes) return refused(40002, "pushinfo");
  const code = factor === "push" ? verificationCode(call, account) : value(undefined);
  if (code.kind === "refused") return code;
  const transaction = new Transaction(account, firstState(phone, factor, code.value), code.value);
  world.transactions.add(transaction);
  transaction.schedule(world.policy.pushLifeMs, () => answer(world, transaction, "timeout"));
  record(call, transaction, phone, factor);
  react(call, transaction);
  return value(transaction);
}
