// What src/host/pam/verdicts.ts decided about an auth stack, in words and with remedies. Pure. Used by doctor, and by who
// judges a change before it is made.

import type { PamModuleEntry, PamProblem, PamService } from "../../host/pam/entry.ts";
import { moduleName, roleOf } from "../../host/pam/modules.ts";
import { type Judged, REFUSALS, type Refusal, type StackVerdict } from "../../host/pam/verdicts.ts";
import { factorFindings } from "./factor-findings.ts";
import { at, danger, type Finding, note, ok, warning } from "./finding.ts";
import { type Judgement, wayText } from "./judgement.ts";
import { ALONE, type Around, remediesOf } from "./remedies.ts";

export interface StackContext {
  /** A key is checked before this stack is run, whoever logs in: sshd's AuthenticationMethods. */
  readonly keyFirst: boolean;
  /** The rest of the machine: without it a stack is taken for all there is. */
  readonly around?: Around | undefined;
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
  const { keyFirst, around = ALONE } = context;
  const remedies = remediesOf(service, keyFirst, around);
  const found = [...problems, ...verdictFindings({ area, verdict: judged, keyFirst, remedies })];
  const [line] = judged.lines;
  if (found.some(({ level }) => level === "warning" || level === "danger") || line === undefined) return found;
  return [...found, at(line.place, ok(area, "pam-asks", "asks Duo, and a denial ends the login"))];
}

function verdictFindings(judgement: Judgement): readonly Finding[] {
  const { area, verdict, remedies } = judgement;
  const { lines, asked, passed, wayIn } = verdict;
  const [line] = lines;
  if (line === undefined) return [];
  const lockedOut = (seen: string) => remedies.fixing(line.place, danger(area, "pam-locked-out", seen, ""));
  const own = [
    ...(asked
      ? []
      : [remedies.fixing(line.place, danger(area, "pam-never-asked", "no login ever reaches this line", ""))]),
    ...overruledFindings(judgement, line),
    ...(wayIn === undefined && passed.length === 0 ? [lockedOut("nobody gets in, whatever Duo says")] : []),
    ...(asked && wayIn === undefined && passed.length > 0
      ? [lockedOut("whoever is asked is refused, whatever Duo says")]
      : []),
    ...factorFindings(judgement, line),
  ];
  return [...own.map((finding) => at(line.place, finding)), ...passed.map((way) => passedFinding(judgement, way))];
}

const HARD: readonly Refusal[] = ["auth_err", "maxtries", "abort"];

function overruledFindings(
  { area, verdict: { overruled }, remedies }: Judgement,
  line: PamModuleEntry,
): readonly Finding[] {
  const codes = [...overruled.keys()];
  const first = codes[0];
  const way = first === undefined ? undefined : overruled.get(first);
  if (way === undefined) return [];
  const which = codes.length === REFUSALS.length ? "whatever the refusal" : codes.join(", ");
  const shown = `${which}; for example: ${wayText(way)}`;
  const finding = () => {
    if (codes.some((code) => HARD.includes(code)))
      return danger(area, "pam-overruled", `a login that is denied gets in all the same (${shown})`, "");
    if (codes.some((code) => code !== "module_unknown")) {
      const seen = `when Duo or duogate is in trouble, the password alone lets in (${shown})`;
      return warning(area, "pam-open-on-trouble", seen, "");
    }
    const seen = "without the module's file the password alone lets in, for instance after the package was removed";
    return note(area, "pam-open-without-module", seen);
  };
  return [remedies.fixing(line.place, finding())];
}

function passedFinding({ area, remedies }: Judgement, way: StackVerdict["passed"][number]): Finding {
  const { passedBy } = way;
  const finding = () => {
    if (moduleName(passedBy) === "pam_rootok")
      return note(area, "pam-root-passes", "root is not asked here: pam_rootok lets root through");
    if (roleOf(passedBy) === "rule") {
      const seen = `whoever this rule is about is not asked by Duo (${wayText(way)})`;
      return remedies.withoutRule(passedBy, warning(area, "pam-rule-passes", seen, ""));
    }
    const seen = `logins get in past this line, and Duo is never asked (${wayText(way)})`;
    return remedies.fixing(passedBy.place, danger(area, "pam-bypass", seen, ""));
  };
  return at(passedBy.place, finding());
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
