// Owns PAM's vocabulary in numbers: return codes, message styles, items, steps with their flags, limits.
// Must agree with _pam_types.h, which test/support/ffi-layout.c checks. Used by the PAM runner on both of its sides.

/** Linux-PAM's return codes by name. Source: security/_pam_types.h. */
export const PAM_CODE = {
  PAM_SUCCESS: 0,
  PAM_OPEN_ERR: 1,
  PAM_SYMBOL_ERR: 2,
  PAM_SERVICE_ERR: 3,
  PAM_SYSTEM_ERR: 4,
  PAM_BUF_ERR: 5,
  PAM_PERM_DENIED: 6,
  PAM_AUTH_ERR: 7,
  PAM_CRED_INSUFFICIENT: 8,
  PAM_AUTHINFO_UNAVAIL: 9,
  PAM_USER_UNKNOWN: 10,
  PAM_MAXTRIES: 11,
  PAM_NEW_AUTHTOK_REQD: 12,
  PAM_ACCT_EXPIRED: 13,
  PAM_SESSION_ERR: 14,
  PAM_CRED_UNAVAIL: 15,
  PAM_CRED_EXPIRED: 16,
  PAM_CRED_ERR: 17,
  PAM_NO_MODULE_DATA: 18,
  PAM_CONV_ERR: 19,
  PAM_AUTHTOK_ERR: 20,
  PAM_AUTHTOK_RECOVERY_ERR: 21,
  PAM_AUTHTOK_LOCK_BUSY: 22,
  PAM_AUTHTOK_DISABLE_AGING: 23,
  PAM_TRY_AGAIN: 24,
  PAM_IGNORE: 25,
  PAM_ABORT: 26,
  PAM_AUTHTOK_EXPIRED: 27,
  PAM_MODULE_UNKNOWN: 28,
  PAM_BAD_ITEM: 29,
  PAM_CONV_AGAIN: 30,
  PAM_INCOMPLETE: 31,
} as const;

export type PamCodeName = keyof typeof PAM_CODE;

/** Message styles of a conversation. */
export const PAM_STYLE = {
  "prompt-echo-off": 1,
  "prompt-echo-on": 2,
  "error-msg": 3,
  "text-info": 4,
} as const;

export type PamStyle = keyof typeof PAM_STYLE;

/** Items a caller may set. PAM_SERVICE and PAM_USER are set by pam_start, PAM_CONV is ours. */
export const PAM_ITEM = { tty: 3, rhost: 4, ruser: 8, userPrompt: 9, xdisplay: 11 } as const;

export type PamItem = keyof typeof PAM_ITEM;

export const PAM_FLAG = { silent: 0x8000, establishCred: 0x2, deleteCred: 0x4 } as const;

/** The calls a transaction can be made of: libpam's function, and the flags it needs. */
export const PAM_STEP = {
  authenticate: { symbol: "pam_authenticate", flags: 0 },
  acct_mgmt: { symbol: "pam_acct_mgmt", flags: 0 },
  setcred: { symbol: "pam_setcred", flags: PAM_FLAG.establishCred },
  delete_cred: { symbol: "pam_setcred", flags: PAM_FLAG.deleteCred },
  open_session: { symbol: "pam_open_session", flags: 0 },
  close_session: { symbol: "pam_close_session", flags: 0 },
  chauthtok: { symbol: "pam_chauthtok", flags: 0 },
} as const;

export type PamStep = keyof typeof PAM_STEP;

/** PAM_MAX_NUM_MSG: messages in one call of the conversation. PAM_MAX_RESP_SIZE: bytes of an answer, NUL included. */
export const PAM_LIMIT = { messages: 32, answerBytes: 512 } as const;

/** The name of a return code, or undefined for a number that is no PAM code (a module may return anything). */
export function pamCodeName(code: number): PamCodeName | undefined {
  return CODE_NAMES.get(code);
}

/** The style of a message, or undefined for one that duogate does not speak (radio, binary). */
export function pamStyleName(style: number): PamStyle | undefined {
  return STYLE_NAMES.get(style);
}

const CODE_NAMES = invert(PAM_CODE);
const STYLE_NAMES = invert(PAM_STYLE);

function invert<K extends string>(table: Readonly<Record<K, number>>): ReadonlyMap<number, K> {
  const names = Object.keys(table) as K[];
  return new Map(names.map((name) => [table[name], name]));
}
