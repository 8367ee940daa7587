// What a judged stack is worth besides Duo, in words: whether anything is proved to another module, whether a stranger gets as far
// as Duo, and whether Duo is asked once. Pure.

import type { PamModuleEntry } from "../../host/pam/entry.ts";
import type { Way } from "../../host/pam/explore.ts";
import { moduleName } from "../../host/pam/modules.ts";
import { danger, type Finding, note, warning } from "./finding.ts";
import { type Judgement, wayText } from "./judgement.ts";

/** `line`: Duo's, where these findings stand. */
export function factorFindings(judgement: Judgement, line: PamModuleEntry): readonly Finding[] {
  const { alone, unproved, twice } = judgement.verdict;
  return [
    ...(alone === undefined ? [] : [aloneFinding(judgement, alone, line)]),
    ...(unproved === undefined ? [] : [unprovedFinding(judgement, unproved)]),
    ...ringFindings(judgement, line),
    ...(twice === undefined ? [] : [twiceFinding(judgement, twice, line)]),
  ];
}

function unprovedFinding({ area, verdict: { unknown }, keyFirst }: Judgement, way: Way): Finding {
  const names = [...new Set(unknown.map(moduleName))];
  const then = keyFirst ? "a key and Duo let in" : "Duo alone lets in";
  const seen = `nothing is known here of ${names.join(", ")}: if it proves nothing, ${then} (${wayText(way)})`;
  const words = names.map((name) => `--first-factor ${name}`).join(" ");
  const remedy = `if it refuses who has no password, key or the like: duogate doctor ${words}; else put a line that does above Duo's`;
  return (keyFirst ? note : warning)(area, "pam-unknown-module", seen, remedy);
}

/** SECURITY: a stranger reads the end of the phone's number in the menu, and makes it ring until its owner gives in. */
function ringFindings(
  { area, verdict: { alone, afterFailure, beforeFactor }, keyFirst, remedies }: Judgement,
  { place }: PamModuleEntry,
): readonly Finding[] {
  const make = keyFirst ? warning : danger;
  const findings: Finding[] = [];
  if (afterFailure !== undefined && alone === undefined) {
    const seen = `after a wrong password the phone rings all the same, and the menu shows it (${wayText(afterFailure)})`;
    findings.push(remedies.fixing(place, make(area, "pam-rings-after-failure", seen, "")));
  }
  if (beforeFactor !== undefined && !keyFirst) {
    const seen = "Duo is asked before the password: who knows a user's name is shown their phone, and can make it ring";
    findings.push(remedies.fixing(place, danger(area, "pam-rings-first", seen, "")));
  }
  return findings;
}

/**
 * One module's line cannot take over another one's verdict: libpam tells a module neither which call of the application it is
 * in nor that a new one has begun, and sudo authenticates up to three times on one handle. What was allowed once would be allowed
 * again after a refusal, so that there is this finding alone.
 */
function twiceFinding({ area, verdict: { lines }, remedies }: Judgement, way: Way, { place }: PamModuleEntry): Finding {
  const places = lines.map((one) => `${one.place.file}:${one.place.line}`);
  const seen = `Duo is asked twice in one login, by ${places.join(" and ")} (${wayText(way)})`;
  return remedies.fixing(place, warning(area, "pam-twice", seen, ""));
}

function aloneFinding(
  { area, verdict: { hasFactor }, keyFirst, remedies }: Judgement,
  way: Way,
  { place }: PamModuleEntry,
): Finding {
  if (keyFirst && !hasFactor)
    return note(area, "pam-key-and-duo", "a key and Duo let in; no password is asked, as AuthenticationMethods says");
  if (keyFirst)
    return note(
      area,
      "pam-alone",
      `a key and Duo let in, without the password (${wayText(way)})`,
      "if the password is meant to be asked too: docs/OPERATIONS.md, PAM lines",
    );
  if (hasFactor) {
    const seen = `Duo alone lets in, without the password (${wayText(way)})`;
    return remedies.fixing(place, danger(area, "pam-alone", seen, ""));
  }
  const names = new Set(way.called.map(({ entry }) => moduleName(entry)).filter((name) => name !== "pam_duogate"));
  const proves = names.size === 0 ? "" : ` (${[...names].join(", ")} proves nothing)`;
  const seen = `Duo alone lets in: no line asks for a password${proves}`;
  const remedy = "put lines that ask for the password above it: docs/OPERATIONS.md, PAM lines, has whole files";
  return danger(area, "pam-alone", seen, remedy);
}
