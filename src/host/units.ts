// How systemd sees duogate's units: `systemctl show`. Reads; starts and stops nothing. Called by cli/.

import { statSync } from "node:fs";
import { err, ok, type Result } from "../core/result.ts";
import { limit, type ProcessLimits } from "./process-limits.ts";
import type { ProgramFailure, RunProgram } from "./program.ts";

export const UNITS = [
  "duogated.service",
  "duogated.socket",
  "duogated-login.socket",
  "duogated-control.socket",
] as const;
export type UnitName = (typeof UNITS)[number];

export interface UnitState {
  readonly name: string;
  /** `loaded`, `not-found`, `masked`, `bad-setting`… */
  readonly load: string;
  /** `active`, `inactive`, `failed`, `activating`… */
  readonly active: string;
  /** `running`, `listening`, `auto-restart`… */
  readonly sub: string;
  /** `enabled`, `disabled`, `static`… */
  readonly file: string;
  readonly result: string;
  readonly restarts: number;
  /** The unit's file has changed since systemd read it. */
  readonly needsReload: boolean;
}

export type UnitsFailure =
  | ProgramFailure
  | { readonly code: "no-systemd" }
  | { readonly code: "refused"; readonly detail: string };

const PROPERTIES = "Id,LoadState,ActiveState,SubState,UnitFileState,Result,NRestarts,NeedDaemonReload";

/** "no-systemd": this machine was not booted with it, as in a container. */
export async function unitStates(
  run: RunProgram,
  folder = "/run/systemd/system",
): Promise<Result<readonly UnitState[], UnitsFailure>> {
  if (!isFolder(folder)) return err({ code: "no-systemd" });
  const said = await run("systemctl", ["show", "--no-pager", `--property=${PROPERTIES}`, ...UNITS]);
  if (!said.ok) return said;
  if (said.value.code !== 0) return err({ code: "refused", detail: said.value.stderr.trim() });
  return ok(parseUnits(said.value.stdout));
}

/** What the unit gives its service; undefined where systemd does not know it, or is not there. */
export async function unitLimits(
  run: RunProgram,
  unit: UnitName,
  folder = "/run/systemd/system",
): Promise<ProcessLimits | undefined> {
  if (!isFolder(folder)) return undefined;
  const said = await run("systemctl", ["show", "--no-pager", "--property=LoadState,LimitNOFILE,MemoryMax", unit]);
  if (!said.ok || said.value.code !== 0 || !/^LoadState=loaded$/m.test(said.value.stdout)) return undefined;
  const value = (name: string) => limit(new RegExp(`^${name}=(.*)$`, "m").exec(said.value.stdout)?.[1]);
  return { of: unit, descriptors: value("LimitNOFILE"), bytes: value("MemoryMax") };
}

export function parseUnits(text: string): readonly UnitState[] {
  return text
    .split(/\n\s*\n/)
    .filter((block) => block.trim() !== "")
    .map((block) => {
      const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(block)?.[1] ?? "";
      return {
        name: value("Id"),
        load: value("LoadState"),
        active: value("ActiveState"),
        sub: value("SubState"),
        file: value("UnitFileState"),
        result: value("Result"),
        restarts: Number(value("NRestarts") || 0),
        needsReload: value("NeedDaemonReload") === "yes",
      };
    });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
