// What root has looked at and means: /etc/duogate/acknowledged, a line for each finding of doctor's that is to be shown as meant.
// Reads and parses; what an entry does to a finding is in acknowledge.ts.
//
//     # ID "SUBJECT" DATE REASON
//     sshd-bypass "Match User deploy: publickey" 2026-11-26 the pipeline's account, key bound to 192.0.2.10

import { lstatSync } from "node:fs";
import { readTrustedFile } from "../../config/trusted-file.ts";
import { at, danger, type Finding, warning } from "./finding.ts";

const AREA = "acknowledged";

export interface Entry {
  readonly file: string;
  readonly line: number;
  readonly id: string;
  readonly subject: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly reason: string;
}

export interface Entries {
  readonly entries: readonly Entry[];
  /** What is wrong with the file itself, or with lines of it: those acknowledge nothing. */
  readonly faults: readonly Finding[];
}

const NOTHING: Entries = { entries: [], faults: [] };

/** SECURITY: what others could have written acknowledges nothing: it would hide a way past Duo. */
export async function readEntries(path: string, nowMs: number): Promise<Entries> {
  if (!isThere(path)) return NOTHING;
  const text = await readTrustedFile(path, { readers: "public" });
  if (text.ok) return parseEntries(text.value, path, nowMs);
  const { message, remedy } = text.error;
  const seen = `nothing in it counts: ${message}`;
  return { entries: [], faults: [at({ file: path, line: 0 }, danger(AREA, "acknowledged-refused", seen, remedy))] };
}

const LINE = /^([a-z][a-z0-9-]*)\s+"((?:[^"\\]|\\.)*)"\s+(\d{4}-\d{2}-\d{2})\s+(\S.*)$/;

export function parseEntries(text: string, file: string, nowMs: number): Entries {
  const entries: Entry[] = [];
  const faults: Finding[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const content = raw.trim();
    if (content === "" || content.startsWith("#")) continue;
    const place = { file, line: index + 1 };
    const [, id = "", quoted = "", date = "", reason = ""] = LINE.exec(content) ?? [];
    const fault = id === "" ? 'it is not ID "SUBJECT" YYYY-MM-DD REASON' : dateFault(date, nowMs);
    if (fault === undefined) entries.push({ ...place, id, subject: quoted.replace(/\\(.)/g, "$1"), date, reason });
    else
      faults.push(at(place, warning(AREA, "acknowledged-malformed", `the line acknowledges nothing: ${fault}`, FORM)));
  }
  return { entries, faults };
}

const FORM = "write the line as doctor prints it, with your reason behind the date, or remove it";
const DAY_MS = 86_400_000;

function dateFault(date: string, nowMs: number): string | undefined {
  const time = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date) return `there is no day ${date}`;
  // A day more for time zones.
  return time > nowMs + DAY_MS ? `${date} has not come yet` : undefined;
}

/** The line that acknowledges a finding, but for its reason. */
export function entryLine(id: string, subject: string, nowMs: number): string {
  const quoted = subject.replace(/["\\]/g, "\\$&");
  return `${id} "${quoted}" ${new Date(nowMs).toISOString().slice(0, 10)} REASON`;
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EACCES"));
  }
}
