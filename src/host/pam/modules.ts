// What a PAM line's module can answer when a user is authenticated, and what its "yes" is worth. A module that nobody here
// knows may answer anything, and its "yes" is worth nothing until the administrator vouches for it.

import type { PamModuleEntry } from "./entry.ts";
import { MODULE_ROLES, type TableRole } from "./module-table.ts";
import type { PamReturn } from "./returns.ts";

/**
 * factor: its success means that the user has proved something. rule: it looks at who it is or from where, and nobody
 * proves anything. gift: succeeds always. aside: has another job, and its answer says nothing. never: fails always.
 * unknown: not in the table.
 */
export type PamRole = TableRole | "unknown";

/** Names of modules that the administrator says are a first factor (`--first-factor`). */
export type FirstFactors = ReadonlySet<string>;

export const NO_FIRST_FACTORS: FirstFactors = new Set();

const ANSWERS: Readonly<Record<PamRole, readonly PamReturn[]>> = {
  factor: ["success", "auth_err", "user_unknown", "authinfo_unavail"],
  rule: ["success", "auth_err", "perm_denied", "user_unknown", "ignore"],
  gift: ["success"],
  aside: ["success", "ignore", "auth_err"],
  never: ["auth_err"],
  unknown: ["success", "auth_err", "user_unknown", "authinfo_unavail"],
};

/** `pam_unix` of `pam_unix.so` and of `/usr/lib/security/pam_unix.so`. */
export function moduleName({ module }: Pick<PamModuleEntry, "module">): string {
  return module.slice(module.lastIndexOf("/") + 1).replace(/\.so$/, "");
}

export function roleOf(entry: PamModuleEntry, firstFactors: FirstFactors = NO_FIRST_FACTORS): PamRole {
  const name = moduleName(entry);
  if (firstFactors.has(name)) return "factor";
  if (name === "pam_ccreds") return entry.args.includes("action=validate") ? "factor" : "aside";
  return MODULE_ROLES.get(name) ?? "unknown";
}

/** Why the administrator's word for a module is not taken; undefined where it is. `name` as moduleName() gives it. */
export function firstFactorFault(name: string): string | undefined {
  if (!/^[A-Za-z0-9_.+-]+$/.test(name)) return "write the module's name, such as pam_example";
  const role = MODULE_ROLES.get(name);
  if (name === "pam_duogate" || name === "pam_duo") return `${name} asks Duo: it is the second factor`;
  if (role === "gift" || role === "never" || role === "rule") return `${name} asks nobody for anything`;
  return undefined;
}

/**
 * Arguments with which a factor steps aside for users who do not have it, or while its server is away (localifdown of
 * pam_radius_auth). pam_unix means something else by nullok.
 */
const STEPS_ASIDE =
  /^(?:nullok|nouserok|ignore_unknown_(?:user|principals|spn|upn)|unknown_ok|localifdown|ignore_authinfo_unavail|ignore_root|minimum_uid=.*)$/;
/** These leave who is not their directory's to the other lines, whatever their arguments. */
const LEAVES_OTHERS: ReadonlySet<string> = new Set([
  "pam_authd",
  "pam_authd_exec",
  "pam_centrifydc",
  "pam_himmelblau",
  "pam_vas",
  "pam_vas3",
]);

export function answersOf(entry: PamModuleEntry, firstFactors: FirstFactors = NO_FIRST_FACTORS): readonly PamReturn[] {
  const role = roleOf(entry, firstFactors);
  const name = moduleName(entry);
  const stepsAside =
    role === "factor" &&
    (LEAVES_OTHERS.has(name) || (name !== "pam_unix" && entry.args.some((one) => STEPS_ASIDE.test(one))));
  return stepsAside ? [...ANSWERS.factor, "ignore"] : ANSWERS[role];
}
