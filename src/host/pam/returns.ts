// The return codes of PAM modules by the names that control values use, in the order of their numbers. It judges nothing.
// Source: Linux-PAM, _pam_types.h and pam.conf(5). Used by the whole folder.

/** Index = the number in _pam_types.h. */
export const PAM_RETURNS = [
  "success",
  "open_err",
  "symbol_err",
  "service_err",
  "system_err",
  "buf_err",
  "perm_denied",
  "auth_err",
  "cred_insufficient",
  "authinfo_unavail",
  "user_unknown",
  "maxtries",
  "new_authtok_reqd",
  "acct_expired",
  "session_err",
  "cred_unavail",
  "cred_expired",
  "cred_err",
  "no_module_data",
  "conv_err",
  "authtok_err",
  "authtok_recover_err",
  "authtok_lock_busy",
  "authtok_disable_aging",
  "try_again",
  "ignore",
  "abort",
  "authtok_expired",
  "module_unknown",
  "bad_item",
  "conv_again",
  "incomplete",
] as const;

export type PamReturn = (typeof PAM_RETURNS)[number];

/** What libpam gives where a stack cannot succeed by its own fault. */
export const MUST_FAIL: PamReturn = "perm_denied";
