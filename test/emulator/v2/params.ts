// Owns the parameter rules that several v2 endpoints share: who is meant, flags.
// Every refusal names the parameter, as `message_detail` does.

import { fail, type Outcome } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";
import type { Account } from "../store/account.ts";

/** A checked value or the reply that refuses it. */
export type Checked<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "refused"; readonly outcome: Outcome };

/** The value is good. */
export function value<T>(checked: T): Checked<T> {
  return { kind: "value", value: checked };
}

/** The request is refused. */
export function refused(code: 40001 | 40002, detail: string): { kind: "refused"; outcome: Outcome } {
  return { kind: "refused", outcome: fail(code, detail) };
}

/** A parameter that must be there and not be empty. */
export function required(call: ApiCall, name: string): Checked<string> {
  const text = call.params.get(name);
  return text === undefined || text === "" ? refused(40001, name) : value(text);
}

/** `0` or `1`; absent means `0`. */
export function flag(call: ApiCall, name: string): Checked<boolean> {
  const text = call.params.get(name) ?? "0";
  return text === "0" || text === "1" ? value(text === "1") : refused(40002, name);
}

/** The account meant by exactly one of `username` and `user_id`; `undefined` for a name Duo does not know. */
export function subject(call: ApiCall): Checked<Account | undefined> {
  const username = call.params.get("username") ?? "";
  const userId = call.params.get("user_id") ?? "";
  if (username === "" && userId === "") return refused(40001, "user_id or username");
  if (username !== "" && userId !== "") return refused(40002, "user_id or username");
  if (username !== "") return value(call.world.directory.byUsername(username));
  const account = call.world.directory.byUserId(userId);
  return account === undefined ? refused(40002, "user_id") : value(account);
}
