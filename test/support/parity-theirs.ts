// Their side of a parity scenario: Debian's pam_duo or login_duo 1.11.3 with its own configuration file. Knows nothing of
// duogate. Called by parity-play.ts.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../emulator/emulator.ts";
import { runLoginDuo } from "./official-duo-unix.ts";
import { duoConfText, withDuoConf } from "./official-place.ts";
import { linesOf, type ParityRun, runStack } from "./parity-pam.ts";
import type { ParityScenario } from "./parity-scenario.ts";

/** Runs the login through Duo Unix. */
export async function runTheirs(emulator: Emulator, scenario: ParityScenario): Promise<ParityRun> {
  return await (scenario.login === undefined ? throughPam(emulator, scenario) : throughLoginDuo(emulator, scenario));
}

/** Its debug mode writes `[PRIORITY] TEXT` instead of calling syslog. Other lines are the configuration parser's own. */
function isLogLine(line: string): boolean {
  return /^\[[0-7]\] /.test(line);
}

function throughPam(emulator: Emulator, scenario: ParityScenario): Promise<ParityRun> {
  const { conf, harm = (text) => text, file = 0o600 } = scenario;
  return withDuoConf(emulator, conf, (folder) => {
    const path = join(folder, "parity.conf");
    if (file !== "absent") writeFileSync(path, harm(duoConfText(emulator, conf)), { mode: file });
    return runStack(`pam_duo.so conf=${path} debug`, scenario, (_pid, stderr) => linesOf(stderr).filter(isLogLine));
  });
}

async function throughLoginDuo(emulator: Emulator, scenario: ParityScenario): Promise<ParityRun> {
  const { login, user = "root", answers = [], rhost, conf = {}, env = {} } = scenario;
  const where = rhost === undefined ? {} : { rhost };
  const terminal = login === "terminal";
  const run = await runLoginDuo({ emulator, user, answers, conf, env, terminal, command: "echo let in", ...where });
  return { code: run.code, shown: run.transcript.flatMap(linesOf), errors: [], log: run.log.filter(isLogLine) };
}
