// What well-known PAM modules can answer when a user is authenticated, and what their "yes" is worth. Facts from their
// manual pages. A module that is not here counts as one that asks for proof and may answer anything. Used by explore.ts.

import type { PamModuleEntry } from "./entry.ts";
import type { PamReturn } from "./returns.ts";

/**
 * factor: its success means that the user has proved something. rule: it looks at who it is or from where, and nobody
 * proves anything. gift: succeeds always. aside: has another job, and its answer says nothing. never: fails always.
 */
export type PamRole = "factor" | "rule" | "gift" | "aside" | "never";

const RULES = [
  "pam_rootok",
  "pam_succeed_if",
  "pam_localuser",
  "pam_usertype",
  "pam_access",
  "pam_listfile",
  "pam_wheel",
  "pam_securetty",
  "pam_shells",
  "pam_time",
  "pam_nologin",
  "pam_selinux_permit",
  "pam_xauth",
];
const ASIDES = [
  "pam_cap",
  "pam_deny_delay",
  "pam_ecryptfs",
  "pam_echo",
  "pam_env",
  "pam_faildelay",
  "pam_faillock",
  "pam_gnome_keyring",
  "pam_group",
  "pam_issue",
  "pam_keyinit",
  "pam_kwallet",
  "pam_kwallet5",
  "pam_lastlog",
  "pam_mail",
  "pam_motd",
  "pam_mount",
  "pam_setquota",
  "pam_systemd",
  "pam_tally2",
  "pam_umask",
  "pam_warn",
];

const ROLES: ReadonlyMap<string, PamRole> = new Map([
  ...RULES.map((name) => [name, "rule"] as const),
  ...ASIDES.map((name) => [name, "aside"] as const),
  ["pam_permit", "gift"],
  ["pam_debug", "gift"],
  ["pam_deny", "never"],
]);

const ANSWERS: Readonly<Record<PamRole, readonly PamReturn[]>> = {
  factor: ["success", "auth_err", "user_unknown", "authinfo_unavail"],
  rule: ["success", "auth_err", "perm_denied", "user_unknown", "ignore"],
  gift: ["success"],
  aside: ["success", "ignore", "auth_err"],
  never: ["auth_err"],
};

/** `pam_unix` of `pam_unix.so` and of `/usr/lib/security/pam_unix.so`. */
export function moduleName({ module }: PamModuleEntry): string {
  return module.slice(module.lastIndexOf("/") + 1).replace(/\.so$/, "");
}

export function roleOf(entry: PamModuleEntry): PamRole {
  return ROLES.get(moduleName(entry)) ?? "factor";
}

/** Arguments with which a factor steps aside for users who do not have it. pam_unix means something else by nullok. */
const STEPS_ASIDE = ["nullok", "nouserok", "ignore_unknown_user", "ignore_authinfo_unavail"];

export function answersOf(entry: PamModuleEntry): readonly PamReturn[] {
  const role = roleOf(entry);
  const stepsAside =
    role === "factor" && moduleName(entry) !== "pam_unix" && entry.args.some((one) => STEPS_ASIDE.includes(one));
  return stepsAside ? [...ANSWERS.factor, "ignore"] : ANSWERS[role];
}
