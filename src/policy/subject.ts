// Whom Duo is asked for. COMPAT(duo_unix): su to root asks for the caller, su to anybody else for the target, every
// other service for PAM_USER (which sudo sets to the caller by itself).

import type { LoginFacts } from "../core/facts.ts";

export type SubjectRule = "user" | "caller-if-root";

const SU_SERVICES: ReadonlySet<string> = new Set(["su", "su-l"]);

/** `caller-if-root`: the caller when the target's uid is 0, else the target; needs the target's passwd entry. */
export function subjectRule(facts: LoginFacts): SubjectRule {
  return SU_SERVICES.has(facts.service) ? "caller-if-root" : "user";
}

/** A user name that may be sent to Duo and written to a log: no control or format characters, not blank. */
export function isUsableName(name: string): boolean {
  return name.trim() !== "" && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(name);
}
