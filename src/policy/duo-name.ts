// Under which name Duo knows a Unix user: the login name in the form that Duo has it, or a name from the GECOS field. Pure.
// COMPAT(duo_unix): gecos_username_pos comes before send_gecos, and a field without a name leaves the login name.

import type { LoginNote } from "../core/note.ts";
import type { SubjectChoice } from "./subject.ts";

export interface IdentityRules {
  readonly subject: SubjectChoice;
  readonly sendGecos: boolean;
  readonly gecosDelim: string;
  /** Counted from 1. */
  readonly gecosUsernamePos: number | undefined;
  readonly usernameStripDomain: boolean;
  readonly usernameLower: boolean;
  readonly usernameSuffix: string | undefined;
}

export interface DuoName {
  readonly name: string;
  readonly note: LoginNote | undefined;
}

/** The user's passwd entry is needed. */
export function wantsGecos(rules: IdentityRules): boolean {
  return rules.sendGecos || rules.gecosUsernamePos !== undefined;
}

/** `gecos` is not looked at unless `wantsGecos`. */
export function duoName(login: string, gecos: string | undefined, rules: IdentityRules): DuoName {
  if (!wantsGecos(rules) || gecos === undefined) return { name: inDuoForm(login, rules), note: undefined };
  if (gecos === "") return { name: inDuoForm(login, rules), note: { kind: "gecos-empty" } };
  const position = rules.gecosUsernamePos;
  const name = position === undefined ? gecos : gecos.split(rules.gecosDelim)[position - 1];
  if (name === undefined || name === "") {
    return { name: inDuoForm(login, rules), note: { kind: "gecos-piece-missing" } };
  }
  return { name, note: name === login ? undefined : { kind: "gecos-name", duoUser: name } };
}

/** First the domain goes, then capitals, then the suffix comes where there is no domain. */
function inDuoForm(login: string, rules: IdentityRules): string {
  const bare = rules.usernameStripDomain ? withoutDomain(login) : login;
  const cased = rules.usernameLower ? bare.toLowerCase() : bare;
  return rules.usernameSuffix === undefined || cased.includes("@") ? cased : cased + rules.usernameSuffix;
}

/** `DOMAIN\\user` and `user@domain` without the domain. A name that has nothing else stays, as nobody else's. */
function withoutDomain(login: string): string {
  const user = login.slice(login.lastIndexOf("\\") + 1).replace(/@[^@]*$/, "");
  return user === "" ? login : user;
}
