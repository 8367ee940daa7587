// The reasons of a login's own gate in words, each with the line of the configuration behind it. Pure: what is decided was
// decided in login/gate.ts.

import type { DuoSettings } from "../../config/config.ts";
import type { Option } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import type { Origin, OriginOf } from "../../config/origins.ts";
import { displayLine } from "../../core/display-text.ts";
import type { LoginFacts } from "../../core/facts.ts";
import type { DuoFailure } from "../../core/failure.ts";
import type { GateReason } from "../../login/gate.ts";
import type { LoginRecord } from "../../login/record.ts";
import { clientAddress } from "../../policy/client-address.ts";
import { type Failmode, outcomeOf, type Phase } from "../../policy/outcome.ts";
import { type Ending, endingOf, type Step } from "./explanation.ts";

const NAME_RULES: readonly Option<unknown>[] = [
  OPTIONS.gecosUsernamePos,
  OPTIONS.sendGecos,
  OPTIONS.usernameStripDomain,
  OPTIONS.usernameLower,
  OPTIONS.usernameSuffix,
];

/** Any proven outage: the table has one row for all of them. */
const OUTAGE: DuoFailure = { code: "connect-failed", stage: "connect", detail: "" };

export function cited(originOf: OriginOf, ...options: readonly Option<unknown>[]): readonly Origin[] {
  return options.flatMap((option) => originOf(option) ?? []);
}

export function gateStep(reason: GateReason, originOf: OriginOf): Step {
  switch (reason.kind) {
    case "bad-name": {
      const whose = reason.whose === "login" ? "the user name" : "the name for Duo";
      const text = `${whose} "${reason.name}" cannot be sent or logged: blank, too long, or with control characters`;
      return { rule: "name", text, from: reason.whose === "login" ? [] : cited(originOf, ...NAME_RULES) };
    }
    case "subject":
      return { rule: "whom", text: whom(reason), from: cited(originOf, OPTIONS.subject) };
    case "unknown-user":
      return { rule: "whom", text: `this machine knows no user ${displayLine(reason.user)}: refused`, from: [] };
    case "identity-lost":
      return {
        rule: "whom",
        text: `whom to ask Duo for could not be found out, and is never guessed: ${displayLine(reason.detail)}`,
        from: cited(originOf, OPTIONS.subject),
      };
    case "duo-name":
      return nameStep(reason, originOf);
    default:
      return { rule: "groups", text: groupsText(reason), from: cited(originOf, OPTIONS.groups) };
  }
}

type ReasonOf<K extends GateReason["kind"]> = Extract<GateReason, { kind: K }>;

function whom({ rule, login }: ReasonOf<"subject">): string {
  const name = displayLine(login);
  if (rule === "user") return `${name}, the user whom the login is for`;
  const why = rule === "caller" ? "the configuration asks for the caller" : "su to root asks the one who typed it";
  return `${name}, the caller: ${why}`;
}

function nameStep({ name, from }: ReasonOf<"duo-name">, originOf: OriginOf): Step {
  const shown = displayLine(name);
  if (from === "given") {
    const text = `${shown}, given with -f and permitted for this account`;
    return { rule: "name", text, from: cited(originOf, OPTIONS.loginUsers) };
  }
  const rules = cited(originOf, ...NAME_RULES);
  const text = from === "the-login" ? `${shown}, the login name as it is` : `${shown}, made from the account's entry`;
  return { rule: "name", text, from: rules };
}

function groupsText(reason: ReasonOf<"everybody" | "in-groups" | "groups-unknown" | "outside-groups">): string {
  switch (reason.kind) {
    case "everybody":
      return "everybody must pass: no line names groups";
    case "in-groups":
      return `must pass: ${displayLine(reason.token)} matches a group of the user`;
    case "groups-unknown":
      return `must pass, because the groups are not known for sure: ${displayLine(reason.detail)}`;
    default: {
      const groups = reason.groups.length === 0 ? "none" : displayLine(reason.groups.join(", "), 1024);
      return `need not pass: in none of the groups that must (the user's are: ${groups})`;
    }
  }
}

/** What Duo is told of where the user comes from, as login/address.ts has put it into `record`. */
export function addressStep(
  { rhost, rhostTrusted }: LoginFacts,
  { address }: Pick<LoginRecord, "address">,
  originOf: OriginOf,
): Step {
  const said = rhost === undefined ? "no address is known" : `${displayLine(rhost)} is not told to Duo`;
  if (rhost !== undefined && !rhostTrusted) {
    const text = `${said}: the user's own process says it (trust_login_address)`;
    return { rule: "address", text, from: cited(originOf, OPTIONS.trustLoginAddress) };
  }
  const from = cited(originOf, OPTIONS.fallbackLocalIp);
  if (address === undefined) {
    return { rule: "address", text: `${said}; Duo's policies for networks have no effect`, from };
  }
  if (clientAddress({ rhost, rhostTrusted }) !== undefined)
    return { rule: "address", text: `${address} is told to Duo`, from: [] };
  return { rule: "address", text: `${said}; this machine's own address ${address} stands in for it`, from };
}

export function outageEndings(failmode: Failmode): { readonly before: Ending; readonly after: Ending } {
  const ending = (phase: Phase) => endingOf(outcomeOf(OUTAGE, phase, failmode));
  return { before: ending("before-factor"), after: ending("after-factor") };
}

export function outageStep({ failmode }: Pick<DuoSettings, "failmode">, originOf: OriginOf): Step {
  const { before, after } = outageEndings(failmode);
  const first = before.verdict === "allow" ? "let in without Duo" : "refused";
  const text = `if Duo cannot be reached: ${first} (${before.pam}); once a factor was asked for: refused (${after.pam})`;
  return { rule: "outage", text, from: cited(originOf, OPTIONS.failmode) };
}
