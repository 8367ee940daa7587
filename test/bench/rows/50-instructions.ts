// Instructions that a login executes inside the login process: valgrind counts those of a whole passcode login through the
// harness, and of the same harness with pam_permit, which is taken off. Through pam-run and not pamtester: that can only
// use /etc/pam.d, which is not ours to write in.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Figure } from "../figure.ts";
import { freshPasscode } from "../logins.ts";
import { pamRunArguments } from "../pam-run.ts";
import { type Rig, USER } from "../rig.ts";
import type { Row } from "../row.ts";

const ID = { id: "instructions-in-login-process", title: "instructions in the login process, passcode login" } as const;
const AIM = { words: "0.6 million (Duo Unix: 25.7)", limit: 600_000 } as const;
const PERMIT = "bench-permit";
const RUNS = 3;

export const row: Row = {
  title: "instructions in the login process",
  async measure(rig) {
    if (spawnSync("valgrind", ["--version"]).status !== 0) {
      return [{ kind: "not-measured", ...ID, reason: "valgrind is not installed" }];
    }
    return [await measured(rig)];
  },
};

async function measured(rig: Rig): Promise<Figure> {
  rig.folder.service(PERMIT, ["auth required pam_permit.so"]);
  const daemon = await rig.startDaemon();
  const runs = rig.settings.quick ? 1 : RUNS;
  const samples: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    const login = await instructions(rig, `${daemon.service}-plain`, [freshPasscode(rig)]);
    samples.push(login - (await instructions(rig, PERMIT, [])));
    rig.progress(i + 1, runs);
  }
  await daemon.stop();
  return { kind: "measured", ...ID, unit: "instructions", samples, aim: AIM };
}

async function instructions(rig: Rig, service: string, answers: readonly string[]): Promise<number> {
  const { pamRun, folder, signal } = rig;
  const out = `--callgrind-out-file=${join(folder.path, "callgrind.out")}`;
  const args = pamRunArguments({ confdir: folder.confdir, service, user: USER, answers });
  const child = spawn("valgrind", ["--tool=callgrind", out, pamRun, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    killSignal: "SIGKILL",
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => {
      text += bytes.toString();
    });
  }
  await once(child, "close");
  const total = /Collected\s*:\s*(\d+)/.exec(text)?.[1];
  if (total === undefined || !/^result 0$/m.test(text)) throw new Error(`no login could be counted:\n${text}`);
  return Number(total);
}
