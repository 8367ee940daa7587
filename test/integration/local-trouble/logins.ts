// Scenes with a whole daemon under failmode = safe, and a user whose phone says no.

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { startEmulator } from "../../emulator/emulator.ts";
import { startDaemon } from "../../support/gateway.ts";
import { runModule } from "../../support/pam-module.ts";
import { loginRequests } from "../../support/pam-stage.ts";
import { type Outcome, type Taken, takePorts } from "./taken.ts";

/** A daemon that has checked its keys, with no connection open, and a user whose phone says no. */
async function daemonStage() {
  const emulator = await startEmulator();
  emulator.whenPushed("alice", "deny");
  const daemon = await startDaemon({
    duo: emulator,
    failmode: "safe",
    duoLines: ["prompts = 1"],
    gatewayLines: ["keep_warm = 0"],
  });
  await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
  const login = async (): Promise<Outcome> => {
    // Ends the connections that there are, as Duo does with idle ones.
    emulator.fault("connect", { kind: "refuse" });
    emulator.clearFaults();
    const after = daemon.lines.length;
    const before = loginRequests(emulator).length;
    const { code, spoken } = await runModule({ socket: daemon.pamSocket, answers: ["1"] });
    const { reason, failure, stage, level, detail } = await daemon.event("decision", { after });
    const requests = loginRequests(emulator).length - before;
    return {
      code,
      reason,
      failure,
      stage,
      level,
      detail,
      requests,
      rings: emulator.pushes.length,
      said: spoken.map(({ text }) => text),
    };
  };
  const close = async () => {
    await daemon.stop();
    await emulator.close();
  };
  return { daemon, emulator, login, close };
}

export async function tcpPorts(taken: Taken): Promise<Outcome> {
  const stage = await daemonStage();
  const release = await takePorts("SOCK_STREAM", taken);
  const logins = [await stage.login(), await stage.login()];
  await release();
  const free = await stage.login();
  await stage.close();
  return { logins, free };
}

/** `spare` descriptors are left to the running daemon when the login comes. */
export async function descriptors(): Promise<Outcome> {
  const stage = await daemonStage();
  const { pid } = stage.daemon;
  await stage.login();
  const logins: Outcome[] = [];
  for (let spare = 1; spare <= 12; spare += 1) {
    stage.emulator.fault("connect", { kind: "refuse" });
    stage.emulator.clearFaults();
    const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
    let limit = 0;
    for (let free = 0; free < spare; limit += 1) if (!open.has(limit)) free += 1;
    execFileSync("prlimit", [`--pid=${pid}`, `--nofile=${limit}:`]);
    const after = stage.daemon.lines.length;
    const { code } = await runModule({ socket: stage.daemon.pamSocket, answers: ["1"] });
    execFileSync("prlimit", [`--pid=${pid}`, "--nofile=1024:"]);
    const decision = stage.daemon.lines.slice(after).find(({ event }) => event === "decision");
    logins.push({
      spare,
      code,
      reason: decision?.["reason"],
      failure: decision?.["failure"],
      detail: decision?.["detail"],
    });
  }
  await stage.close();
  return { logins };
}
