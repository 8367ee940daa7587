// Owns the list of libpam functions that duogate calls as a PAM application.
// Must not interpret results. Used by pam-transaction.ts in the process that runs one transaction.

import { ok, type Result } from "../core/result.ts";
import type { OpenFailure } from "./failure.ts";
import { type Bound, openLibrary } from "./native.ts";

const LIBRARY = "libpam.so.0";

const SIGNATURES = {
  pam_start: ["int", ["address", "address", "address", "address"]],
  pam_set_item: ["int", ["address", "int", "address"]],
  pam_putenv: ["int", ["address", "address"]],
  pam_authenticate: ["int", ["address", "int"]],
  pam_acct_mgmt: ["int", ["address", "int"]],
  pam_setcred: ["int", ["address", "int"]],
  pam_open_session: ["int", ["address", "int"]],
  pam_close_session: ["int", ["address", "int"]],
  pam_chauthtok: ["int", ["address", "int"]],
  pam_strerror: ["address", ["address", "int"]],
  pam_end: ["int", ["address", "int"]],
} as const;

/** Since Linux-PAM 1.4; asked for only when a transaction names its own folder of services. */
const CONFDIR_SIGNATURES = {
  pam_start_confdir: ["int", ["address", "address", "address", "address", "address"]],
} as const;

export type Libpam = Bound<typeof SIGNATURES>;
export type LibpamWithConfdir = Libpam & Bound<typeof CONFDIR_SIGNATURES>;

export function openLibpam(): Result<Libpam, OpenFailure> {
  return openLibrary(LIBRARY, SIGNATURES);
}

export function openLibpamWithConfdir(): Result<LibpamWithConfdir, OpenFailure> {
  const base = openLibpam();
  if (!base.ok) return base;
  const more = openLibrary(LIBRARY, CONFDIR_SIGNATURES);
  return more.ok ? ok({ ...base.value, ...more.value }) : more;
}
