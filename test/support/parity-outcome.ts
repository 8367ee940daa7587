// What came of one login, in words that fit both sides: let in or not, the code, what was shown, what Duo was asked, which
// phones rang; and where two outcomes differ. Pure but for reading the emulator's records. Used by parity-play.ts and the report.

import type { Emulator } from "../emulator/emulator.ts";
import type { RecordedRequest } from "../emulator/store/records.ts";
import type { ParityRun } from "./parity-pam.ts";
import type { ParityScenario } from "./parity-scenario.ts";
import { seesSyslog } from "./parity-syslog.ts";

/** In which respects two logins are compared. */
export const ASPECTS = ["entry", "code", "shown", "kind", "asked", "rang", "logged"] as const;
export type Aspect = (typeof ASPECTS)[number];
/** One text for each aspect; lines where there are several. */
export type Outcome = Readonly<Record<Aspect, string>>;

const PAM_NAMES: Readonly<Record<number, string>> = {
  0: "PAM_SUCCESS",
  3: "PAM_SERVICE_ERR",
  4: "PAM_SYSTEM_ERR",
  7: "PAM_AUTH_ERR",
  9: "PAM_AUTHINFO_UNAVAIL",
  10: "PAM_USER_UNKNOWN",
  11: "PAM_MAXTRIES",
  19: "PAM_CONV_ERR",
  26: "PAM_ABORT",
};

/** Makes the outcome of a run, whose requests are all that the emulator has seen. */
export function outcomeOf(
  emulator: Emulator,
  { login }: ParityScenario,
  { code, shown, errors, log }: ParityRun,
): Outcome {
  const entered = login === undefined ? code === 0 : shown.includes("let in");
  return {
    entry: entered ? "let in" : "kept out",
    code: login === undefined ? (PAM_NAMES[code] ?? `PAM code ${code}`) : `exit ${code}`,
    shown: steady(shown.filter((line) => line !== "let in").join("\n")),
    kind: steady(errors.join("\n")),
    asked: emulator.requests.flatMap(askedWords).join("\n"),
    rang: emulator.pushes.map(({ factor, user }) => `${factor} to ${user}`).join("\n"),
    logged: seesSyslog() ? steady(log.join("\n")) : "",
  };
}

/** The aspects in which they differ. */
export function differences(theirs: Outcome, ours: Outcome): readonly Aspect[] {
  return ASPECTS.filter((aspect) => theirs[aspect] !== ours[aspect]);
}

/** Pings and polls are how a client works, and no question about a login. */
function askedWords({ endpoint, params }: RecordedRequest): readonly string[] {
  const { user, username, ipaddr } = params;
  const name = user ?? username ?? "nobody";
  if (endpoint === "preauth") return [`preauth ${name}${ipaddr === undefined ? "" : ` from ${ipaddr}`}`];
  if (endpoint !== "auth") return [];
  return [`auth ${name} ${factorWord(params)}${ipaddr === undefined ? "" : ` from ${ipaddr}`}`];
}

/** One word for a factor in any of Duo's interfaces: push1 is a push to the first phone, a passcode is itself. */
function factorWord(params: Readonly<Record<string, string>>): string {
  const { factor = "", auto, prompt, device, code, passcode } = params;
  const word = auto ?? prompt ?? code ?? passcode;
  if (word !== undefined) return word;
  const number = device === undefined ? "" : Number(/\d+$/.exec(device)?.[0] ?? 0);
  return `${factor}${number}`;
}

/** The emulator's port, its codes and a folder differ from run to run, and TLS libraries have words of their own. */
function steady(text: string): string {
  return text
    .replace(/([?&]code=)\d+/g, "$1<code>")
    .replace(/localhost:\d+/g, "localhost:<port>")
    .replace(/\S*\/duogate-official-\w+\//g, "/etc/duo/")
    .replace(/(Couldn't connect to localhost:<port>: ).*/g, "$1<the system's words>");
}
