// Owns where a user stands before any factor: in, out, unknown, or to be asked.
// preauth and auth of every dialect ask here, so that they cannot disagree.

import type { Account } from "./account.ts";
import type { World } from "./world.ts";

/** The answer, with the text that Duo would show. */
export type Standing =
  | { readonly kind: "ask"; readonly account: Account }
  | { readonly kind: "allow"; readonly text: string }
  | { readonly kind: "deny"; readonly status: "deny" | "locked_out"; readonly text: string }
  | { readonly kind: "enroll"; readonly text: string };

const known = {
  bypass: { kind: "allow", text: "Bypassing authentication" },
  disabled: { kind: "deny", status: "deny", text: "Your account is disabled." },
  locked_out: { kind: "deny", status: "locked_out", text: "Your account has been locked out." },
} as const;

const unknown = {
  enroll: { kind: "enroll", text: "Enroll an authentication device to proceed" },
  allow: { kind: "allow", text: "Allowing unknown user" },
  deny: { kind: "deny", status: "deny", text: "Access is not allowed because you are not enrolled" },
} as const;

/** Judges an account; `undefined` stands for a name that Duo does not know. */
export function standingOf(world: World, account: Account | undefined): Standing {
  if (account === undefined || account.status === "not_enrolled") return unknown[world.policy.newUser];
  if (account.status !== "active") return known[account.status];
  const hasDevice = account.phones.length + account.tokens.length > 0;
  return hasDevice ? { kind: "ask", account } : unknown[world.policy.newUser];
}
