// Findings next to what root has acknowledged: which are shown as meant, which line would acknowledge the others, and entries that
// no finding goes with any more. Pure but for the PAM lines that are quoted.

import { readFileSync } from "node:fs";
import { type Entry, entryLine } from "./acknowledged.ts";
import { at, type Finding, note, warning } from "./finding.ts";

export interface Looked {
  /** Everything was looked at: an entry that fits nothing is out of date. False without root, network or the usual connection. */
  readonly everywhere: boolean;
  readonly nowMs: number;
}

/**
 * Nobody can mean these: nobody gets in, nothing works, others could change what guards root, or Duo shows strangers a phone.
 * An acknowledgement would only hide them.
 */
const NEVER =
  /^(?:acknowledged-|config-|module-|socket-|daemon-|unit-|tls-|dns|clock|duo-|proxy|sshd-(?:broken|locked-out|rings)|sudoers-broken|pam-(?:file-loose|module-missing|unusable|locked-out|argument|unknown-control|rings|first-factor|shows))/;

export function acknowledge(
  findings: readonly Finding[],
  entries: readonly Entry[],
  { everywhere, nowMs }: Looked,
): readonly Finding[] {
  const { marked, used } = mark(findings, entries);
  const told = marked.map((one) =>
    one.acknowledged === undefined && canBeMeant(one)
      ? { ...one, acknowledge: entryLine(one.id, subjectOf(one), nowMs) }
      : one,
  );
  const left = entries.filter((entry) => !used.has(entry));
  return [...told, ...left.flatMap((entry) => leftFinding(entry, findings, everywhere)), ...old([...used], nowMs)];
}

interface Marked {
  readonly marked: readonly Finding[];
  readonly used: ReadonlySet<Entry>;
}

/** The findings, those that an entry is for as acknowledged, and the entries that are for one. */
export function mark(findings: readonly Finding[], entries: readonly Entry[]): Marked {
  const used = new Set<Entry>();
  const marked = findings.map((finding) => {
    if (!canBeMeant(finding)) return finding;
    const subject = subjectOf(finding);
    const fitting = entries.filter((one) => one.id === finding.id && one.subject === subject);
    for (const entry of fitting) used.add(entry);
    const [entry] = fitting;
    if (entry === undefined) return finding;
    return { ...finding, remedy: undefined, acknowledged: { date: entry.date, reason: entry.reason } };
  });
  return { marked, used };
}

function canBeMeant({ id, level }: Finding): boolean {
  return (level === "warning" || level === "danger") && !NEVER.test(id);
}

function leftFinding(entry: Entry, findings: readonly Finding[], everywhere: boolean): readonly Finding[] {
  if (NEVER.test(entry.id)) {
    const seen = `${entry.id} cannot be acknowledged: nobody can mean it`;
    return [
      at(entry, warning("acknowledged", "acknowledged-refused", seen, "remove the line, and do what doctor says")),
    ];
  }
  if (!everywhere) return [];
  const alike = findings.filter((one) => one.id === entry.id && canBeMeant(one));
  const now = alike.map((one) => `"${subjectOf(one)}"`).join(", ");
  const seen = `${entry.id} "${entry.subject}" fits nothing that doctor finds now${now === "" ? "" : `; of this id there is ${now}`}`;
  return [
    at(
      entry,
      warning("acknowledged", "acknowledged-stale", seen, "remove the line; what changed since is a new decision"),
    ),
  ];
}

const YEAR_MS = 366 * 86_400_000;

function old(used: readonly Entry[], nowMs: number): readonly Finding[] {
  const since = used.filter(({ date }) => Date.parse(date) < nowMs - YEAR_MS);
  return since.map((entry) => {
    const seen = `${entry.id} "${entry.subject}" was acknowledged more than a year ago`;
    return at(
      entry,
      note("acknowledged", "acknowledged-old", seen, "look whether it still holds, and write today's date"),
    );
  });
}

/** What exactly the finding is about. It stays the same when lines move, and changes with what is open. */
export function subjectOf({ id, area, place, subject, seen }: Finding): string {
  if (subject !== undefined) return subject;
  // SECURITY: lines of PAM files alone: those of the configuration hold secrets.
  const [, file, line] = (id.startsWith("pam-") ? /^(\/.*\/pam\.d\/[^:]+):(\d+)$/.exec(place ?? "") : null) ?? [];
  const text = file === undefined ? undefined : lineOf(file, Number(line));
  // A line that several services include is told once, with their names at the end: one more service is a new finding.
  const services = area === "pam" ? / \(([^()]*)\)$/.exec(seen)?.[1] : area.replace(/^pam /, "");
  return text === undefined ? area : `${services}: ${file}: ${text}`;
}

/** With what a backslash continues it by: half a line would acknowledge any other half. */
function lineOf(file: string, line: number): string | undefined {
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    let last = line - 1;
    while (/^[^#]*\\[ \t]*$/.test(lines[last] ?? "") && last < lines.length - 1) last += 1;
    const physical = line > lines.length ? [] : lines.slice(line - 1, last + 1);
    if (physical.length === 0) return undefined;
    return physical
      .map((one) => one.replace(/\\[ \t]*$/, ""))
      .join(" ")
      .trim()
      .replace(/\s+/g, " ");
  } catch {
    return undefined;
  }
}
