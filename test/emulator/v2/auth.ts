// Owns auth: begins a factor and answers with the txid (async) or holds until the user has decided (sync).
// The other dialects translate their parameters into these and show the states in their own words.

import { fail, type Outcome, ok } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";
import type { Account } from "../store/account.ts";
import { standingOf } from "../store/standing.ts";
import { isFinal, Transaction, type TransactionState } from "../store/transaction.ts";
import { type Factor, factors } from "./factors.ts";
import { type Checked, flag, refused, required, subject, value } from "./params.ts";

function factorOf(call: ApiCall): Checked<Factor> {
  const word = required(call, "factor");
  if (word.kind === "refused") return word;
  const factor = factors.get(word.value);
  return factor === undefined ? refused(40002, "factor") : value(factor);
}

function begin(call: ApiCall, account: Account | undefined, factor: Factor): Checked<Transaction> {
  const standing = standingOf(call.world, account);
  if (standing.kind === "ask") return factor(call, standing.account);
  // Without an account there is nobody a transaction could belong to, whatever the new-user policy says.
  if (standing.kind === "enroll" || account === undefined) return refused(40002, "username");
  const state =
    standing.kind === "allow"
      ? ({ result: "allow", status: "bypass" } as const)
      : ({ result: "deny", status: standing.status } as const);
  return value(new Transaction(account, { ...state, status_msg: standing.text }));
}

/** The work of auth in every dialect; `show` says how this one tells a final state. */
export async function runAuth(call: ApiCall, show: (state: TransactionState) => object): Promise<Outcome> {
  const account = subject(call);
  if (account.kind === "refused") return account.outcome;
  const factor = factorOf(call);
  if (factor.kind === "refused") return factor.outcome;
  const asynchronous = flag(call, "async");
  if (asynchronous.kind === "refused") return asynchronous.outcome;
  const begun = begin(call, account.value, factor.value);
  if (begun.kind === "refused") return begun.outcome;
  const transaction = call.world.transactions.add(begun.value);
  if (asynchronous.value) return ok({ txid: transaction.txid });
  const state = await transaction.finalState(call.signal);
  // Only a reset or the shutdown of the emulator ends the wait without a decision.
  return isFinal(state) ? ok(show(state)) : fail(50001);
}

/** POST /auth/v2/auth */
export function auth(call: ApiCall): Promise<Outcome> {
  return runAuth(call, (state) => state);
}
