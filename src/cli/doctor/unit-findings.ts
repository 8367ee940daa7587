// The state of duogate's systemd units, in words. Pure. Called by doctor.

import type { Result } from "../../core/result.ts";
import type { UnitState, UnitsFailure } from "../../host/units.ts";
import { danger, type Finding, note, ok, warning } from "./finding.ts";

const AREA = "systemd";
/** Sockets without which one way in is closed; the daemon itself is started by them. */
const NEEDED = new Set(["duogated.service", "duogated.socket"]);
const RESTARTS_ODD = 5;

export function unitFindings(units: Result<readonly UnitState[], UnitsFailure>): readonly Finding[] {
  if (!units.ok) return [unseen(units.error)];
  const found = units.value.flatMap((unit) => stateFindings(unit, units.value));
  return found.length > 0 ? found : [ok(AREA, "unit-state", "the units are running and enabled")];
}

function unseen(failure: UnitsFailure): Finding {
  if (failure.code === "no-systemd")
    return note(AREA, "unit-no-systemd", "this machine does not run systemd: who starts the daemon was not looked at");
  return note(AREA, "unit-unseen", `systemctl did not answer (${failure.code})`, "look at: systemctl status duogated");
}

function stateFindings(unit: UnitState, units: readonly UnitState[]): readonly Finding[] {
  const { name, load, active, sub, result } = unit;
  if (load === "not-found") {
    return NEEDED.has(name)
      ? [
          warning(
            AREA,
            "unit-missing",
            `${name} is not installed`,
            "install the package again, or run the daemon by other means",
          ),
        ]
      : [note(AREA, "unit-missing", `${name} is not installed`)];
  }
  if (load !== "loaded") {
    const remedy = load === "masked" ? `systemctl unmask ${name}` : `systemd-analyze verify ${name}`;
    return [danger(AREA, "unit-broken", `${name} is ${load}: it cannot run`, remedy)];
  }
  const findings: Finding[] = [];
  if (active === "failed" || sub === "auto-restart") {
    findings.push(
      danger(
        AREA,
        "unit-failed",
        `${name} has failed (${result})`,
        `journalctl -u ${name} -n 50, then systemctl restart ${name}`,
      ),
    );
  } else if (active === "inactive") findings.push(stoppedFinding(name, units));
  return [...findings, ...lesserFindings(unit)];
}

function stoppedFinding(name: string, units: readonly UnitState[]): Finding {
  const remedy = `systemctl start ${name}`;
  if (!NEEDED.has(name)) return note(AREA, "unit-stopped", `${name} is stopped`, remedy);
  const activated =
    name === "duogated.service" && units.some((one) => one.name === "duogated.socket" && one.active === "active");
  if (!activated) return danger(AREA, "unit-stopped", `${name} is stopped`, remedy);
  return warning(AREA, "unit-stopped", `${name} is stopped: the next login starts it, and waits for that`, remedy);
}

function lesserFindings({ name, active, file, restarts, needsReload }: UnitState): readonly Finding[] {
  const findings: Finding[] = [];
  if (file === "disabled" && active === "active") {
    const make = NEEDED.has(name) ? warning : note;
    findings.push(
      make(
        AREA,
        "unit-disabled",
        `${name} runs, but is disabled: after the next boot it does not`,
        `systemctl enable ${name}`,
      ),
    );
  }
  if (restarts >= RESTARTS_ODD) {
    findings.push(
      warning(
        AREA,
        "unit-restarts",
        `${name} was restarted ${restarts} times by systemd`,
        `journalctl -u ${name} -n 200`,
      ),
    );
  }
  if (needsReload) {
    findings.push(
      warning(AREA, "unit-changed", `the file of ${name} has changed since systemd read it`, "systemctl daemon-reload"),
    );
  }
  return findings;
}
