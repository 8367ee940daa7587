// One login in the lines that Duo Unix writes about it, so that rules made for those go on matching: `<message> for '<user>'
// from <address>: <error>`, each part only where it is known. Pure. Used by syslog.ts.

import { displayLine } from "../core/display-text.ts";
import type { LoginNote } from "../core/note.ts";
import type { Decision } from "./audit.ts";
import { classicError, classicWords } from "./duo-unix-words.ts";
import type { LogLevel } from "./logger.ts";

export interface ClassicLine {
  readonly level: LogLevel;
  readonly text: string;
}

/** COMPAT(duo_unix): its lines end there. */
const LINE_MAX_BYTES = 511;
const FIELD_MAX_BYTES = 128;
/** The service name of login_duogate. */
const LOGIN_HELPER = "login_duogate";

/** In the order in which Duo Unix would have written them. `host` is Duo's, with its port where the configuration has one. */
export function duoUnixLines(decision: Decision, host: string): readonly ClassicLine[] {
  const notes = (decision.notes ?? []).flatMap((note) => noteLine(decision, note) ?? []);
  const last = decisionLine(decision, host);
  return last === undefined ? notes : [...notes, last];
}

interface Fields {
  readonly user?: string | undefined;
  readonly from?: string | undefined;
  readonly error?: string | undefined;
}

function line(level: LogLevel, message: string, { user, from, error }: Fields): ClassicLine {
  const parts = [
    message,
    user === undefined ? "" : ` for '${field(user)}'`,
    from === undefined ? "" : ` from ${field(from)}`,
    error === undefined || error === "" ? "" : `: ${errorField(error)}`,
  ];
  return { level, text: displayLine(parts.join(""), LINE_MAX_BYTES) };
}

/** SECURITY: a name with a quote in it could end early and go on with another address, which fail2ban would ban. */
function field(text: string): string {
  return displayLine(text, FIELD_MAX_BYTES).replaceAll("'", "?");
}

/** The same behind the colon, where one quote is Duo Unix's own: "Couldn't connect to". */
function errorField(text: string): string {
  const own = "Couldn't connect to ";
  return text.startsWith(own) ? own + field(text.slice(own.length)) : field(text);
}

/** SECURITY: an address that the user could have chosen is left out, because fail2ban would ban it. */
function addressOf({ address, rhost, rhostTrusted }: Decision): string | undefined {
  if (rhostTrusted === false) return undefined;
  return address ?? (rhost === "" ? undefined : rhost);
}

function noteLine(decision: Decision, note: LoginNote): ClassicLine | undefined {
  const { user } = decision;
  switch (note.kind) {
    case "gecos-name":
      return line("info", "Presenting GECOS-derived Duo username", { user, error: note.duoUser });
    case "gecos-empty":
      return line("warn", "Empty GECOS field", { user });
    case "gecos-piece-missing":
      return line("debug", "Could not parse GECOS field", { user });
    case "groups-unknown":
      return line("error", "Couldn't get groups", { user, error: note.detail });
    case "address-replaced":
      return line("warn", "fallback_local_ip is replacing the remote client address", { from: note.rhost });
    case "attempt-failed":
      // COMPAT(duo_unix): what Duo said of the factor is shown to the user and not logged.
      return line("warn", "Failed Duo login", { user: refusedUser(decision), from: addressOf(decision) });
    default:
      // Duo Unix sends such an address on as it is and says nothing.
      return undefined;
  }
}

function decisionLine(decision: Decision, host: string): ClassicLine | undefined {
  const { verdict, user, duoUser = user } = decision;
  const from = addressOf(decision);
  const { level, message } = classicWords(decision);
  switch (verdict.reason) {
    case "outside-groups":
      return line(level, message, {});
    case "duo-approved":
      return line(level, message, { user: duoUser, from });
    case "prompts-used-up":
    case "factor-failed":
      // Each attempt has had its line, and Duo Unix adds none.
      return undefined;
    default: {
      const subject = message.startsWith("Failed") ? refusedUser(decision) : duoUser;
      return line(level, message, { user: subject, from, error: classicError(decision, host) });
    }
  }
}

/** COMPAT(duo_unix): pam_duo's failed logins are about the Unix user, login_duo's about Duo's. */
function refusedUser({ service, user, duoUser = user }: Decision): string {
  return service === LOGIN_HELPER ? duoUser : user;
}
