// Owns auth and status of v1: its parameters in words of v2, and a transaction's states in words of v1.
// There are no machine-readable states here: `status` is text for the user, `result` comes with the end.

import { fail, type Outcome, ok } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";
import { chosenParams, phoneParams } from "../menu/choice.ts";
import type { Account } from "../store/account.ts";
import { isFinal, type TransactionState } from "../store/transaction.ts";
import { runAuth } from "../v2/auth.ts";
import { type Checked, refused, required, value } from "../v2/params.ts";

type Chosen = Readonly<Record<string, string>>;

/** A state as v1 tells it. A time-out ends the transaction in v1 whatever v2 calls it. */
function shown(state: TransactionState): object {
  if (!isFinal(state)) return { status: state.status_msg };
  return { result: state.result === "allow" ? "allow" : "deny", status: state.status_msg };
}

function onPhone(call: ApiCall, account: Account, factor: string): Checked<Chosen> {
  const phone = required(call, "phone");
  if (phone.kind === "refused") return phone;
  const number = /^phone(\d{1,3})$/.exec(phone.value)?.[1];
  const chosen = number === undefined ? undefined : phoneParams(account, factor, Number(number));
  const able = account.phones.find(({ device }) => device === chosen?.["device"])?.capabilities;
  const isAble = able?.some((capability) => capability === factor) === true;
  return chosen === undefined || !isAble ? refused(40002, "phone") : value(chosen);
}

function chosenFactor(call: ApiCall, account: Account, factor: string): Checked<Chosen> {
  if (factor === "push" || factor === "phone" || factor === "sms") return onPhone(call, account, factor);
  if (factor !== "auto" && factor !== "passcode") return refused(40002, "factor");
  const typed = required(call, factor === "auto" ? "auto" : "code");
  if (typed.kind === "refused") return typed;
  return value(factor === "auto" ? chosenParams(account, typed.value) : { factor, passcode: typed.value });
}

const kept = ["ipaddr", "hostname", "async", "pushinfo"];

function inV2Words(call: ApiCall): Checked<ApiCall> {
  const user = required(call, "user");
  if (user.kind === "refused") return user;
  const factor = required(call, "factor");
  if (factor.kind === "refused") return factor;
  const account = call.world.directory.byUsername(user.value);
  if (account === undefined) return refused(40002, "user");
  const chosen = chosenFactor(call, account, factor.value);
  if (chosen.kind === "refused") return chosen;
  const same = [...call.params].filter(([key]) => kept.includes(key));
  const params = new Map([...same, ["username", user.value] as const, ...Object.entries(chosen.value)]);
  return value({ ...call, params });
}

/** POST /rest/v1/auth */
export async function auth(call: ApiCall): Promise<Outcome> {
  const translated = inV2Words(call);
  return translated.kind === "refused" ? translated.outcome : runAuth(translated.value, shown);
}

/** GET /rest/v1/status */
export async function status(call: ApiCall): Promise<Outcome> {
  const txid = required(call, "txid");
  if (txid.kind === "refused") return txid.outcome;
  const transaction = call.world.transactions.byTxid(txid.value);
  if (transaction === undefined) return fail(40002, "txid");
  return ok(shown(await transaction.nextState(call.world.longPollMs, call.signal)));
}
