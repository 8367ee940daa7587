// Owns what a user's answer does: the final state of a transaction, the failure count, lockout, remembered devices.
// The only place where a pending transaction becomes `allow`. Called by the control interface and by timers.

import type { Account } from "./account.ts";
import type { Transaction, TransactionState } from "./transaction.ts";
import type { Reaction, World } from "./world.ts";

/** What a user can do to a pending push or call. */
export type Answer = Exclude<Reaction, "none">;

/** The state an accepted factor ends in, with a trusted device token where policy gives one. */
export function allowedState(world: World, account: Account): TransactionState {
  account.failures = 0;
  const seconds = world.policy.rememberedDeviceSeconds;
  const state = { result: "allow", status: "allow", status_msg: "Success. Logging you in..." } as const;
  if (seconds === 0) return state;
  const expiration = Math.floor(world.now() / 1000) + seconds;
  return { ...state, trusted_device_token: world.remembered.issue(account, expiration) };
}

/** Counts a failed factor and locks the account at the threshold. */
export function countFailure(world: World, account: Account): void {
  account.failures += 1;
  if (account.failures >= world.policy.lockoutThreshold) account.status = "locked_out";
}

const refusals = {
  deny: { status: "deny", status_msg: "Login request denied." },
  fraud: { status: "fraud", status_msg: "Login request reported as fraudulent." },
  timeout: { status: "timeout", status_msg: "Login timed out." },
} as const;

/** Ends a pending transaction as the user (or the clock) decided; without effect on one that is over. */
export function answer(world: World, transaction: Transaction, decision: Answer): void {
  if (!transaction.pending) return;
  if (decision === "approve") {
    transaction.advance(allowedState(world, transaction.account));
    return;
  }
  countFailure(world, transaction.account);
  const result = decision === "timeout" ? world.policy.timeoutResult : "deny";
  transaction.advance({ result, ...refusals[decision] });
}
