// Findings as text for a person, or as JSON for a script. Pure. Called by doctor and check.

import { displayLine } from "../../core/display-text.ts";
import { safeJson } from "../control/decision-line.ts";
import { ACKNOWLEDGED, type Finding, LEVELS, type Level, worst } from "./finding.ts";

/** ANSI colours: green, none, yellow, red. */
const COLOUR: Readonly<Record<Level, string>> = { ok: "32", note: "0", warning: "33", danger: "31;1" };
const LEVEL_WIDTH = 9;
const AREA_WIDTH = 15;
const TEXT_BYTES = 2048;

export function findingText(finding: Finding, colour: boolean): string {
  const { area, level, seen, remedy, lines, place, acknowledge, acknowledged } = finding;
  const word = (acknowledged === undefined ? level : "meant").padEnd(LEVEL_WIDTH);
  const painted = colour ? `\u001b[${COLOUR[acknowledged === undefined ? level : "note"]}m${word}\u001b[0m` : word;
  const indent = " ".repeat(LEVEL_WIDTH + AREA_WIDTH);
  return [
    `${painted}${displayLine(area).padEnd(AREA_WIDTH)}${displayLine(seen, TEXT_BYTES)}`,
    ...(place === undefined || level === "ok" ? [] : [`${indent}at: ${displayLine(place, TEXT_BYTES)}`]),
    ...(remedy === undefined ? [] : [`${indent}do: ${displayLine(remedy, TEXT_BYTES)}`]),
    ...(remedy === undefined ? [] : (lines ?? [])).map((line) => `${indent}    ${displayLine(line, TEXT_BYTES)}`),
    ...(acknowledge === undefined ? [] : [`${indent}if meant: ${displayLine(acknowledge, TEXT_BYTES)}`]),
    ...(acknowledged === undefined
      ? []
      : [`${indent}a ${level}, acknowledged ${acknowledged.date}: ${displayLine(acknowledged.reason, TEXT_BYTES)}`]),
  ].join("\n");
}

/** The worst of each area first would tear areas apart: they stay together, in the order given. */
export function reportText(findings: readonly Finding[], colour: boolean): string {
  const hint = findings.some(({ acknowledge }) => acknowledge !== undefined) ? [HINT] : [];
  return [...findings.map((one) => findingText(one, colour)), "", ...hint, summary(findings)].join("\n");
}

export function reportJson(findings: readonly Finding[], more: object = {}): string {
  return safeJson({ ...more, worst: worst(findings), findings });
}

const HINT = `What is meant: put its line into ${ACKNOWLEDGED}, with your reason; it then counts no more.`;

const PLURAL: Readonly<Record<Level, string>> = { ok: "ok", note: "notes", warning: "warnings", danger: "dangers" };

function summary(findings: readonly Finding[]): string {
  const counts = [...LEVELS]
    .reverse()
    .map(
      (level) =>
        [level, findings.filter((one) => one.level === level && one.acknowledged === undefined).length] as const,
    );
  const meant = findings.filter(({ acknowledged }) => acknowledged !== undefined).length;
  const words = counts.map(([level, count]) => `${count} ${count === 1 ? level : PLURAL[level]}`);
  return [...words, ...(meant === 0 ? [] : [`${meant} acknowledged`])].join(", ");
}
