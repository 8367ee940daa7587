// Owns the shape of the users an emulator starts with, and the strict reading of a users file.
// Words are Duo's own (user_id, display_name, sms_nextcode), because they travel to the client unchanged.

/** What a phone can do; `auto` is added for every phone that can push or ring. */
export type Capability = "push" | "phone" | "sms" | "mobile_otp";

/** A phone of a user. */
export interface EmulatorPhone {
  /** `DP` and 18 more characters. */
  readonly device: string;
  /** Masked, as Duo shows it: `XXX-XXX-0100`. */
  readonly number: string;
  readonly display_name: string;
  readonly name?: string;
  readonly capabilities: readonly Capability[];
  /** First character of the next SMS code. */
  readonly sms_nextcode?: string;
  /** The codes of every text message to this phone, for tests that have to know them beforehand; random unless given. */
  readonly sms_codes?: readonly string[];
  /** Codes Duo Mobile will show on this phone; each works once. */
  readonly otp_codes?: readonly string[];
  /** A phone that is switched off: pushes end in `push_failed`, and can still be answered. */
  readonly unreachable?: boolean;
}

/** A hardware token of a user. */
export interface EmulatorToken {
  /** `DH` and 18 more characters. */
  readonly device: string;
  readonly name: string;
  /** Codes the token will show; each works once. */
  readonly codes?: readonly string[];
}

/** `not_enrolled` users are unknown to Duo: preauth answers as the new-user policy says. */
export type UserStatus = "active" | "bypass" | "disabled" | "locked_out" | "not_enrolled";

/** One user. */
export interface EmulatorUser {
  readonly status: UserStatus;
  readonly user_id?: string;
  readonly aliases?: readonly string[];
  readonly phones?: readonly EmulatorPhone[];
  readonly tokens?: readonly EmulatorToken[];
  /** Each works once. */
  readonly bypass_codes?: readonly string[];
}

/** All users by name. */
export type EmulatorUsers = Readonly<Record<string, EmulatorUser>>;

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, { readonly check: Check; readonly required: boolean }>>;

const isText: Check = (value) => typeof value === "string";
const isTextList: Check = (value) => Array.isArray(value) && value.every(isText);
const isFlag: Check = (value) => typeof value === "boolean";
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === "string" && words.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const need = (check: Check) => ({ check, required: true });
const may = (check: Check) => ({ check, required: false });

function hasShape(shape: Shape): Check {
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const entries = new Map<string, unknown>(Object.entries(value));
    const known = [...entries.keys()].every((key) => Object.hasOwn(shape, key));
    return (
      known &&
      Object.entries(shape).every(([key, { check, required }]) => {
        return entries.has(key) ? check(entries.get(key)) : !required;
      })
    );
  };
}

const isPhone = hasShape({
  device: need((value) => typeof value === "string" && /^DP[A-Z0-9]{18}$/.test(value)),
  number: need(isText),
  display_name: need(isText),
  name: may(isText),
  capabilities: need(listOf(oneOf("push", "phone", "sms", "mobile_otp"))),
  sms_nextcode: may(isText),
  sms_codes: may(isTextList),
  otp_codes: may(isTextList),
  unreachable: may(isFlag),
});

const isToken = hasShape({
  device: need((value) => typeof value === "string" && /^DH[A-Z0-9]{18}$/.test(value)),
  name: need(isText),
  codes: may(isTextList),
});

const isUser = hasShape({
  status: need(oneOf("active", "bypass", "disabled", "locked_out", "not_enrolled")),
  user_id: may(isText),
  aliases: may(isTextList),
  phones: may(listOf(isPhone)),
  tokens: may(listOf(isToken)),
  bypass_codes: may(isTextList),
});

/**
 * Reads users from decoded JSON.
 * @throws TypeError naming the user whose entry does not have the shape of {@link EmulatorUser}.
 */
export function parseUsers(value: unknown): EmulatorUsers {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("users: write one JSON object with a user per key");
  }
  const users: [string, EmulatorUser][] = Object.entries(value).map(([name, user]) => [name, parseUser(name, user)]);
  return Object.fromEntries(users);
}

/** Reads one user; the name serves the error text only. */
export function parseUser(name: string, value: unknown): EmulatorUser {
  const accepts = (candidate: unknown): candidate is EmulatorUser => isUser(candidate);
  if (!accepts(value)) throw new TypeError(`users: the entry of "${name}" is malformed; see test/emulator/users.json`);
  return value;
}
