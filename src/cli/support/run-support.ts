// `duogate support` from its flags to its exit code: finds the secrets to look for, and says what is to be gathered. Called by
// commands/support.ts, which imports it only when the command runs.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "../../config/load.ts";
import { systemClock } from "../../core/clock.ts";
import { systemResolve } from "../../duo/resolver.ts";
import { NO_FIRST_FACTORS } from "../../host/pam/modules.ts";
import { runProgram } from "../../host/program.ts";
import type { CommandIo } from "../commands/io.ts";
import { type DoctorOptions, doctor } from "../doctor/doctor.ts";
import { ACKNOWLEDGED } from "../doctor/finding.ts";
import { itemsOf } from "./collect.ts";
import { createScrubber } from "./scrub.ts";
import { secretsOfConfig, secretsOfEnvironment } from "./secrets.ts";
import { support } from "./support.ts";

export interface SupportFlags {
  readonly config: string;
  readonly output?: string;
  readonly offline?: true;
}

const DEFAULT_RUNTIME_DIR = "/run/duogate";

/** Returns the exit code. */
export async function runSupport({ config, output, offline }: SupportFlags, io: CommandIo): Promise<number> {
  const { version, env, print, complain } = io;
  // As it is, valid or not: a broken file is what help is asked for.
  const configText = await readFile(config, "utf8").catch(() => undefined);
  const credentialsDirectory = env["CREDENTIALS_DIRECTORY"];
  const loaded = await loadConfig(config, { credentialsDirectory });
  const runtimeDir = loaded.ok ? loaded.value.gateway.runtimeDir : DEFAULT_RUNTIME_DIR;
  const wallMs = systemClock.wallMs();
  const question = {
    config,
    credentialsDirectory,
    offline: offline === true,
    json: false,
    acknowledged: ACKNOWLEDGED,
    firstFactors: NO_FIRST_FACTORS,
  };
  const items = itemsOf({
    version,
    configPath: config,
    configText,
    controlSocket: join(runtimeDir, "control.sock"),
    run: runProgram,
    wallMs,
    doctor: () => examined(question, version),
  });
  const scrubber = createScrubber([...secretsOfConfig(configText ?? ""), ...secretsOfEnvironment(env)]);
  const name = `duogate-support-${new Date(wallMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}`;
  return await support({ output: output ?? `${name}.tar.gz`, name, wallMs }, { items, scrubber, print, complain });
}

async function examined(options: DoctorOptions, version: string): Promise<string> {
  const lines: string[] = [];
  const code = await doctor(options, {
    version,
    isRoot: process.geteuid?.() === 0,
    run: runProgram,
    clock: systemClock,
    resolve: systemResolve,
    colour: false,
    progress: () => undefined,
    print: (text) => void lines.push(text),
  });
  return `${lines.join("\n")}\n(exit code ${code})\n`;
}
