// How many push logins one machine gets through with 64 under way at once: the same count by Debian's pam_duo and by duogate, one
// after the other. Each login is a process of its own (the harness pam-run, started by xargs, 64 at a time) with one whole PAM
// transaction, autopush, and a phone that approves at once. Without the relay: what is compared is work. The emulator of Duo
// does its part of the work on the same processors, for both.

import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { crowdName } from "../../support/crowd.ts";
import { missingPamDuo, pamDuoModule } from "../../support/official-duo-unix.ts";
import { duoConfText } from "../../support/official-place.ts";
import type { Figure } from "../figure.ts";
import { addCrowd } from "../pending.ts";
import type { Rig } from "../rig.ts";
import type { Row } from "../row.ts";

const PARALLEL = 64;
const LOGINS = 640;
const LOGINS_QUICK = 64;
const RUNS = 3;
const TIMES_AS_MANY = 10;
const TITLE = `logins per second, ${PARALLEL} in parallel`;
const HARNESS = { id: "parallel-permit", title: `${TITLE}: pam_permit, the harness alone` } as const;
const OURS = { id: "parallel-duogate", title: `${TITLE}: duogate` } as const;
const THEIRS = { id: "parallel-pam-duo", title: `${TITLE}: Debian's pam_duo` } as const;

export const row: Row = {
  title: `${PARALLEL} logins in parallel`,
  async measure(rig) {
    const { quick } = rig.settings;
    if (spawnSync("xargs", ["--version"], { stdio: "ignore" }).error !== undefined) {
      return [HARNESS, THEIRS, OURS].map((what) => ({
        kind: "not-measured",
        ...what,
        reason: "xargs is not installed",
      }));
    }
    const count = quick ? LOGINS_QUICK : LOGINS;
    const runs = quick ? 1 : RUNS;
    const harness = {
      kind: "measured",
      ...HARNESS,
      unit: "logins/s",
      samples: await permit(rig, count, runs),
    } as const;
    const theirs = await pamDuo(rig, count, runs);
    const ours = await duogate(rig, count, runs);
    const figure = { kind: "measured", ...OURS, unit: "logins/s", samples: ours } as const;
    if (typeof theirs === "string") return [harness, { kind: "not-measured", ...THEIRS, reason: theirs }, figure];
    const limit = TIMES_AS_MANY * median(theirs);
    const aim = { words: `${TIMES_AS_MANY} × pam_duo = ${limit.toFixed(0)} /s`, limit, atLeast: true };
    const figures: readonly Figure[] = [
      harness,
      { kind: "measured", ...THEIRS, unit: "logins/s", samples: theirs },
      { ...figure, aim },
    ];
    return figures;
  },
};

/** What starting the processes and libpam cost by themselves: no module can be faster than that here. */
async function permit(rig: Rig, count: number, runs: number): Promise<readonly number[]> {
  rig.folder.service("bench-parallel-permit", ["auth required pam_permit.so"]);
  return await rates(
    rig,
    "bench-parallel-permit",
    Array.from({ length: count }, () => "root"),
    runs,
  );
}

/** pam_duo looks its user up among the accounts of the machine; root is on every one. */
async function pamDuo(rig: Rig, count: number, runs: number): Promise<readonly number[] | string> {
  const missing = missingPamDuo();
  if (missing !== undefined) return missing;
  const { emulator, folder } = rig;
  emulator.setUser("root", {
    status: "active",
    phones: [{ device: "DPROOT00000000000001", number: "", display_name: "phone", capabilities: ["push"] }],
  });
  emulator.whenPushed("root", "approve");
  const conf = join(folder.path, "pam_duo.conf");
  writeFileSync(conf, duoConfText(emulator, { autopush: "yes", prompts: "1" }), { mode: 0o600 });
  folder.service("bench-pam-duo", [`auth required ${pamDuoModule()} conf=${conf} debug`]);
  const names = Array.from({ length: count }, () => "root");
  return await rates(rig, "bench-pam-duo", names, runs);
}

/** A user of its own for each login: one user's pushes go out one after the other, whatever the machine can do. */
async function duogate(rig: Rig, count: number, runs: number): Promise<readonly number[]> {
  addCrowd(rig, count);
  const names = Array.from({ length: count }, (_, i) => crowdName(i));
  for (const name of names) rig.emulator.whenPushed(name, "approve");
  const daemon = await rig.startDaemon({ direct: true, duoLines: ["autopush = yes", "prompts = 1"] });
  const samples = await rates(rig, `${daemon.service}-plain`, names, runs);
  for (const name of names) rig.emulator.whenPushed(name, "none");
  await daemon.stop();
  return samples;
}

/** Logins per second of each run; one more before them warms up and is not counted. */
async function rates(rig: Rig, service: string, users: readonly string[], runs: number): Promise<readonly number[]> {
  await allIn(rig, service, users);
  const samples: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    await allIn(rig, service, users);
    samples.push((users.length * 1000) / (performance.now() - began));
    rig.progress(run + 1, runs);
  }
  return samples;
}

async function allIn({ pamRun, folder, signal }: Rig, service: string, users: readonly string[]): Promise<void> {
  const one = [pamRun, "--confdir", folder.confdir, "--service", service, "--no-log", "--user", "{}"];
  const child = spawn("xargs", ["-P", String(PARALLEL), "-I{}", ...one], {
    stdio: ["pipe", "pipe", "ignore"],
    signal,
    killSignal: "SIGKILL",
  });
  child.stdin.end(`${users.join("\n")}\n`);
  const lines = (await text(child.stdout)).split("\n");
  const allowed = lines.filter((line) => line === "result 0").length;
  if (allowed !== users.length) throw new Error(`${service}: ${allowed} of ${users.length} logins were let in`);
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}
