// What src/host/pam/verdicts.ts decided about an auth stack, in words and with remedies. Pure. Used by doctor, and by who
// judges a change before it is made.

import type { PamModuleEntry, PamProblem, PamService } from "../../host/pam/entry.ts";
import type { Way } from "../../host/pam/explore.ts";
import { moduleName, roleOf } from "../../host/pam/modules.ts";
import { type Judged, REFUSALS, type Refusal, type StackVerdict } from "../../host/pam/verdicts.ts";
import { at, danger, type Finding, note, ok, warning } from "./finding.ts";
import { moduleArguments } from "./module-arguments.ts";

export interface StackContext {
  /** A key is checked before this stack is run, whoever logs in: sshd's AuthenticationMethods. */
  readonly keyFirst: boolean;
}

/** Findings about how the service reaches the module; none where it has no line of the module. */
export function stackFindings(service: PamService, judged: Judged, context: StackContext): readonly Finding[] {
  const area = `pam ${service.name}`;
  if (judged.kind === "none") return [];
  const problems = problemFindings(area, service.problems);
  if (service.unusable) {
    const unseen = service.problems.some(({ code }) => code === "unreadable");
    if (unseen) return problems;
    return [
      ...problems,
      danger(area, "pam-unusable", "libpam refuses the whole service: nobody gets in", "mend the lines above"),
    ];
  }
  if (judged.kind === "too-complex") {
    const seen = "the stack has too many ways through it to look at each";
    return [...problems, warning(area, "pam-too-complex", seen, "make the auth lines fewer, and look again")];
  }
  const found = [...problems, ...verdictFindings(area, judged, context)];
  const [line] = judged.lines;
  if (found.some(({ level }) => level === "warning" || level === "danger") || line === undefined) return found;
  return [...found, at(line.place, ok(area, "pam-asks", "asks Duo, and a denial ends the login"))];
}

function verdictFindings(area: string, verdict: StackVerdict, context: StackContext): readonly Finding[] {
  const { lines, asked, passed, wayIn } = verdict;
  const [line] = lines;
  if (line === undefined) return [];
  const own = [
    ...(asked
      ? []
      : [
          danger(
            area,
            "pam-never-asked",
            "no login ever reaches this line",
            "move it up, behind the line that asks the password",
          ),
        ]),
    ...overruledFindings(area, verdict),
    ...(wayIn === undefined && passed.length === 0
      ? [
          danger(
            area,
            "pam-locked-out",
            "nobody gets in, whatever Duo says",
            "keep a root shell open, and mend the auth lines",
          ),
        ]
      : []),
    ...(asked && wayIn === undefined && passed.length > 0
      ? [
          danger(
            area,
            "pam-locked-out",
            "whoever is asked is refused, whatever Duo says",
            "move the line up, behind the line that asks the password",
          ),
        ]
      : []),
    ...factorFindings(area, verdict, context),
  ];
  return [...own.map((finding) => at(line.place, finding)), ...passed.map((way) => passedFinding(area, way))];
}

const HARD: readonly Refusal[] = ["auth_err", "maxtries", "abort"];

function overruledFindings(area: string, { overruled, lines }: StackVerdict): readonly Finding[] {
  const codes = [...overruled.keys()];
  const first = codes[0];
  const way = first === undefined ? undefined : overruled.get(first);
  if (way === undefined) return [];
  const which = codes.length === REFUSALS.length ? "whatever the refusal" : codes.join(", ");
  const shown = `${which}; for example: ${wayText(way)}`;
  const remedy = requiredRemedy(lines);
  if (codes.some((code) => HARD.includes(code))) {
    return [danger(area, "pam-overruled", `a login that is denied gets in all the same (${shown})`, remedy)];
  }
  if (codes.some((code) => code !== "module_unknown")) {
    return [
      warning(
        area,
        "pam-open-on-trouble",
        `when Duo or duogate is in trouble, the password alone lets in (${shown})`,
        remedy,
      ),
    ];
  }
  const seen = "without the module's file the password alone lets in, for instance after the package was removed";
  return [note(area, "pam-open-without-module", seen, remedy)];
}

function requiredRemedy(lines: readonly PamModuleEntry[]): string {
  const line = lines.find(({ control }) => !["required", "requisite"].includes(control.text.toLowerCase()));
  if (line === undefined) return "let no line below undo it: no reset, no jump, nothing sufficient after it";
  const refused = new Set(moduleArguments(line).refused.map(({ argument }) => argument));
  return `write: ${["auth", "required", line.module, ...line.args.filter((one) => !refused.has(one))].join(" ")}`;
}

function passedFinding(area: string, way: StackVerdict["passed"][number]): Finding {
  const { passedBy } = way;
  const name = moduleName(passedBy);
  const finding = () => {
    if (name === "pam_rootok")
      return note(area, "pam-root-passes", "root is not asked here: pam_rootok lets root through");
    if (roleOf(passedBy) === "rule") {
      const seen = `whoever this rule is about is not asked by Duo (${wayText(way)})`;
      return warning(
        area,
        "pam-rule-passes",
        seen,
        "remove the rule, and write exceptions as groups = in duogate.conf, where they are logged",
      );
    }
    const seen = `logins get in past this line, and Duo is never asked (${wayText(way)})`;
    return danger(area, "pam-bypass", seen, passedRemedy(passedBy));
  };
  return at(passedBy.place, finding());
}

function passedRemedy({ control }: PamModuleEntry): string {
  if (typeof control.actions.success === "number") return "let its jump end above pam_duogate's line";
  return `write requisite in the place of ${control.text}, so that pam_duogate comes after it`;
}

function factorFindings(area: string, verdict: StackVerdict, { keyFirst }: StackContext): readonly Finding[] {
  const { alone, hasFactor, unproved } = verdict;
  return [
    ...(alone === undefined ? [] : [aloneFinding(area, alone, hasFactor, keyFirst)]),
    ...(unproved === undefined ? [] : [unprovedFinding(area, unproved, verdict, keyFirst)]),
    ...ringFindings(area, verdict, keyFirst),
  ];
}

function unprovedFinding(area: string, way: Way, { unknown }: StackVerdict, keyFirst: boolean): Finding {
  const names = [...new Set(unknown.map(moduleName))];
  const seen = `nothing is known here of ${names.join(", ")}: if it proves nothing, ${keyFirst ? "a key and Duo let in" : "Duo alone lets in"} (${wayText(way)})`;
  const remedy = `if it refuses who has no password, key or the like: duogate doctor ${names.map((name) => `--first-factor ${name}`).join(" ")}; else put a line that does above Duo's`;
  return (keyFirst ? note : warning)(area, "pam-unknown-module", seen, remedy);
}

/** SECURITY: a stranger reads the end of the phone's number in the menu, and makes it ring until its owner gives in. */
function ringFindings(area: string, verdict: StackVerdict, keyFirst: boolean): readonly Finding[] {
  const { alone, afterFailure, beforeFactor } = verdict;
  const make = keyFirst ? warning : danger;
  const findings: Finding[] = [];
  if (afterFailure !== undefined && alone === undefined) {
    const seen = `after a wrong password the phone rings all the same, and the menu shows it (${wayText(afterFailure)})`;
    const remedy =
      "end the stack at a wrong password: requisite in the place of required above, as in Debian's common-auth";
    findings.push(make(area, "pam-rings-after-failure", seen, remedy));
  }
  if (beforeFactor !== undefined && !keyFirst) {
    const seen = "Duo is asked before the password: who knows a user's name is shown their phone, and can make it ring";
    findings.push(danger(area, "pam-rings-first", seen, "move the line below the one that asks the password"));
  }
  return findings;
}

function aloneFinding(area: string, way: Way, hasFactor: boolean, keyFirst: boolean): Finding {
  if (keyFirst && !hasFactor)
    return note(area, "pam-key-and-duo", "a key and Duo let in; no password is asked, as AuthenticationMethods says");
  if (keyFirst)
    return note(
      area,
      "pam-alone",
      `a key and Duo let in, without the password (${wayText(way)})`,
      "write required for the password, if it is meant to be asked",
    );
  const nothing = way.called
    .filter(({ entry }) => moduleName(entry) !== "pam_duogate")
    .map(({ entry }) => moduleName(entry));
  const proves = nothing.length === 0 ? "" : ` (${[...new Set(nothing)].join(", ")} proves nothing)`;
  const seen = hasFactor
    ? `Duo alone lets in, without the password (${wayText(way)})`
    : `Duo alone lets in: no line asks for a password${proves}`;
  return danger(
    area,
    "pam-alone",
    seen,
    "put the line behind @include common-auth, or what asks the password here, with required",
  );
}

const HARMLESS: ReadonlySet<PamProblem["code"]> = new Set(["carriage-return", "empty-continuation", "long-line"]);

function problemFindings(area: string, problems: readonly PamProblem[]): readonly Finding[] {
  return problems
    .filter(({ code }) => code !== "no-service")
    .map(({ code, place, message, remedy }) => {
      if (code === "unreadable") return at(place, note(area, "pam-unreadable", message, remedy));
      const make = HARMLESS.has(code) ? warning : danger;
      return at(place, make(area, `pam-${code}`, message, remedy));
    });
}

/** `pam_unix succeeds, pam_duogate gives auth_err`. */
export function wayText({ called }: Pick<Way, "called">): string {
  const words = called.map(
    ({ entry, returned }) =>
      `${moduleName(entry)} ${returned === "success" ? "succeeds" : `gives ${returned ?? "nonsense"}`}`,
  );
  return words.join(", ");
}
