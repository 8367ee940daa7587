// Our side of a parity scenario: the real module or login_duogate, and a daemon whose configuration is what `duogate import`
// makes of Duo Unix's file. Where the file is harmed, the daemon has to refuse to start. Called by parity-play.ts.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { renderImport } from "../../src/config/duo-unix/render.ts";
import { translate } from "../../src/config/duo-unix/translate.ts";
import type { Emulator } from "../emulator/emulator.ts";
import { startDaemon, type TestDaemon } from "./gateway.ts";
import { duoConfText } from "./official-place.ts";
import { modulePath } from "./pam-module.ts";
import { runLoginDuogate } from "./parity-login.ts";
import { type ParityRun, runStack } from "./parity-pam.ts";
import type { ParityScenario } from "./parity-scenario.ts";
import { syslogOf } from "./parity-syslog.ts";
import { repositoryFile } from "./repository.ts";

const START_DEADLINE_MS = 20_000;

/** The daemons that a lane has, by what they were configured with: scenarios without a fault of their own share one. */
export type Daemons = Map<string, TestDaemon>;

/** Runs the login through duogate. The caller stops the daemons that are left in the map. */
export async function runOurs(emulator: Emulator, scenario: ParityScenario, daemons: Daemons): Promise<ParityRun> {
  if (isHarmed(scenario)) return await withoutDaemon(emulator, scenario);
  // A daemon that has met a fault may remember it, and one that has a warm connection may miss it.
  if (scenario.before !== undefined) {
    const own = await start(emulator, scenario);
    return await throughDoor(own, scenario).finally(() => own.stop());
  }
  const key = JSON.stringify([scenario.conf, scenario.api, scenario.login !== undefined]);
  const daemon = daemons.get(key) ?? (await start(emulator, scenario));
  daemons.set(key, daemon);
  return await throughDoor(daemon, scenario);
}

/** Whether duogate, too, has a file that it cannot use. */
function isHarmed({ harm, file }: ParityScenario): boolean {
  return harm !== undefined || file !== undefined;
}

function start(emulator: Emulator, scenario: ParityScenario): Promise<TestDaemon> {
  const { values } = translation(emulator, scenario);
  const { host = "", ikey = "", skey = "", cafile = "", failmode, ...rest } = Object.fromEntries(values);
  const duoLines = Object.entries({ ...limits(scenario), ...rest }).map(([key, value]) => `${key} = ${value}`);
  return startDaemon({
    duo: { host, ikey, skey, caFile: cafile },
    failmode: failmode === "safe" ? "safe" : "secure",
    duoLines,
    gatewayLines: [
      "shutdown_timeout = 1s",
      "hostname = parity.example.org",
      "login_timeout = 20s",
      "log_format = duo_unix",
    ],
  });
}

async function throughDoor(daemon: TestDaemon, scenario: ParityScenario): Promise<ParityRun> {
  if (scenario.login !== undefined) return await runLoginDuogate(daemon.loginSocket, scenario);
  return await runStack(moduleLine(daemon.pamSocket), scenario, syslogOf);
}

function translation(emulator: Emulator, { conf, login }: ParityScenario): ReturnType<typeof translate> {
  return translate(duoConfText(emulator, conf), login === undefined ? "pam_duo" : "login_duo");
}

function limits({ api = "v1" }: ParityScenario): Readonly<Record<string, string>> {
  return { api, connect_timeout: "2s", request_timeout: "2s", body_timeout: "2s", poll_timeout: "10s" };
}

function moduleLine(socket: string): string {
  return `${modulePath()} socket=${socket} owner=${process.getuid?.() ?? 0}`;
}

async function withoutDaemon(emulator: Emulator, scenario: ParityScenario): Promise<ParityRun> {
  const folder = mkdtempSync(join(tmpdir(), "duogate-parity-"));
  const path = join(folder, "duogate.conf");
  const { harm = (written) => written, file = 0o600 } = scenario;
  const whole = renderImport("duo.conf", translation(emulator, scenario), []).text;
  if (file !== "absent") {
    writeFileSync(path, harm(`${whole}[gateway]\nruntime_dir = ${folder}\n`), { mode: file });
  }
  try {
    await refusesToStart(path);
    return await runStack(moduleLine(join(folder, "pam.sock")), scenario, syslogOf);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rejects when the daemon starts all the same. */
async function refusesToStart(configFile: string): Promise<void> {
  const child = spawn(process.execPath, [repositoryFile("dist/src/main.js"), "run", "--config", configFile], {
    stdio: ["ignore", "pipe", "pipe"],
    signal: AbortSignal.timeout(START_DEADLINE_MS),
    killSignal: "SIGKILL",
  });
  const [said, , [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code === 0 || code === null) throw new Error(`the daemon took a harmed file: ${said}`);
}
