// Findings as text for a person, or as JSON for a script. Pure. Called by doctor and check.

import { displayLine } from "../../core/display-text.ts";
import { type Finding, LEVELS, type Level, worst } from "./finding.ts";

/** ANSI colours: green, none, yellow, red. */
const COLOUR: Readonly<Record<Level, string>> = { ok: "32", note: "0", warning: "33", danger: "31;1" };
const LEVEL_WIDTH = 9;
const AREA_WIDTH = 15;
const TEXT_BYTES = 2048;

export function findingText({ area, level, seen, remedy, place }: Finding, colour: boolean): string {
  const word = level.padEnd(LEVEL_WIDTH);
  const painted = colour ? `\u001b[${COLOUR[level]}m${word}\u001b[0m` : word;
  const indent = " ".repeat(LEVEL_WIDTH + AREA_WIDTH);
  return [
    `${painted}${displayLine(area).padEnd(AREA_WIDTH)}${displayLine(seen, TEXT_BYTES)}`,
    ...(place === undefined || level === "ok" ? [] : [`${indent}at: ${displayLine(place, TEXT_BYTES)}`]),
    ...(remedy === undefined ? [] : [`${indent}do: ${displayLine(remedy, TEXT_BYTES)}`]),
  ].join("\n");
}

/** The worst of each area first would tear areas apart: they stay together, in the order given. */
export function reportText(findings: readonly Finding[], colour: boolean): string {
  return [...findings.map((one) => findingText(one, colour)), "", summary(findings)].join("\n");
}

export function reportJson(findings: readonly Finding[], more: object = {}): string {
  return JSON.stringify({ ...more, worst: worst(findings), findings });
}

const PLURAL: Readonly<Record<Level, string>> = { ok: "ok", note: "notes", warning: "warnings", danger: "dangers" };

function summary(findings: readonly Finding[]): string {
  const counts = [...LEVELS]
    .reverse()
    .map((level) => [level, findings.filter((one) => one.level === level).length] as const);
  return counts.map(([level, count]) => `${count} ${count === 1 ? level : PLURAL[level]}`).join(", ");
}
