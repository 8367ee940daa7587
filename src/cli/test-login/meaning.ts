// What PAM's codes mean to the one who set the stack up: a sentence beside libpam's own text, where that says too little. Pure.

import type { PamStepResult } from "../../ffi/pam.ts";
import type { PamCodeName, PamStep } from "../../ffi/pam-codes.ts";

const CALL: Readonly<Partial<Record<PamStep, string>>> = {
  authenticate: "pam_authenticate",
  acct_mgmt: "pam_acct_mgmt",
};

const MEANING: Readonly<Partial<Record<PamCodeName, string>>> = {
  PAM_AUTH_ERR: "a wrong password, or the second factor was denied: journalctl -u duogated has duogate's reason",
  PAM_AUTHINFO_UNAVAIL: "Duo or the daemon could not be reached, and failmode = secure refuses then",
  PAM_SERVICE_ERR: "duogate is not set up correctly: look at duogate check and journalctl -u duogated",
  PAM_MAXTRIES: "the attempts were used up",
  PAM_ABORT: "the login was given up",
  PAM_CONV_ERR: "a prompt got no answer",
  PAM_PERM_DENIED: "refused; also what libpam says when a stack has no line that lets anybody in",
  PAM_USER_UNKNOWN: "the machine does not know the user",
  PAM_MODULE_UNKNOWN: "a module of the stack is not installed: the journal names it",
  PAM_SYMBOL_ERR: "a module of the stack is broken, or not one for this phase",
  PAM_OPEN_ERR: "a module of the stack cannot be loaded: the journal names it",
  PAM_ACCT_EXPIRED: "the account has expired",
  PAM_NEW_AUTHTOK_REQD: "the password has expired, and the login would ask for a new one",
  PAM_CRED_INSUFFICIENT: "a module could not read what it needs: run this as root",
  PAM_SYSTEM_ERR: "a module failed: look into the journal",
};

/** `pam_authenticate: 7 PAM_AUTH_ERR (Authentication failure)`, and what it means where it is no success. */
export function stepText({ step, code, name, text }: PamStepResult): string {
  const line = `${CALL[step] ?? step}: ${code} ${name ?? "(no code of PAM)"} (${text})`;
  const meaning = name === undefined ? "a module returned a number that is no code of PAM" : MEANING[name];
  return name === "PAM_SUCCESS" || meaning === undefined ? line : `${line}\n  ${meaning}`;
}
