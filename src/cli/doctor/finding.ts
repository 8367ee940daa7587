// One thing that doctor or check has to say about this machine: how bad, what was seen, what to do. Pure. Made by every file
// of this folder; printed by report.ts.

/** ok: as it should be. note: good to know, or not seen. warning: to be mended. danger: a way past Duo, or nobody gets in. */
export type Level = "ok" | "note" | "warning" | "danger";

export interface Finding {
  /** What it is about: `pam sshd`, `tls`, `clock`. */
  readonly area: string;
  /** Stays the same from version to version, for scripts: `pam-overruled`. */
  readonly id: string;
  readonly level: Level;
  /** May quote files: made safe for a terminal by report.ts. */
  readonly seen: string;
  /** A command, or a line to write. Undefined where nothing needs to be done. */
  readonly remedy: string | undefined;
  /** Lines to write, below the remedy. May quote files. */
  readonly lines?: readonly string[];
  /** `file:line`, where there is one. */
  readonly place?: string | undefined;
  /** What exactly it is about, for an acknowledgement; undefined: the line at `place`, or the area. */
  readonly subject?: string | undefined;
  /** The line that would acknowledge it; undefined where it cannot be meant. */
  readonly acknowledge?: string | undefined;
  /** Set where root has said that it is meant: it counts no more. */
  readonly acknowledged?: { readonly date: string; readonly reason: string } | undefined;
}

/** Where root says what is meant. */
export const ACKNOWLEDGED = "/etc/duogate/acknowledged";

export const LEVELS = ["ok", "note", "warning", "danger"] as const satisfies readonly Level[];

export function ok(area: string, id: string, seen: string): Finding {
  return { area, id, level: "ok", seen, remedy: undefined };
}

export function note(area: string, id: string, seen: string, remedy?: string): Finding {
  return { area, id, level: "note", seen, remedy };
}

export function warning(area: string, id: string, seen: string, remedy: string): Finding {
  return { area, id, level: "warning", seen, remedy };
}

export function danger(area: string, id: string, seen: string, remedy: string): Finding {
  return { area, id, level: "danger", seen, remedy };
}

export function at(place: { readonly file: string; readonly line: number }, finding: Finding): Finding {
  return { ...finding, place: place.line === 0 ? place.file : `${place.file}:${place.line}` };
}

/** The worst of those that nobody has acknowledged; `ok` of none. */
export function worst(findings: readonly Finding[]): Level {
  const open = findings.filter(({ acknowledged }) => acknowledged === undefined);
  return open.reduce<Level>((so, { level }) => (LEVELS.indexOf(level) > LEVELS.indexOf(so) ? level : so), "ok");
}
