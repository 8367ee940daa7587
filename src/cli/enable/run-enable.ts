// `duogate enable`, `disable` and what belongs to them, from their flags to their exit codes: opens the terminal, libc and the
// signals. Called by commands/enable.ts, which imports it only when one of them runs.

import { openLibc } from "../../ffi/libc.ts";
import type { CommandIo } from "../commands/io.ts";
import { EXIT } from "../exit-codes.ts";
import { serviceFault } from "../test-login/service.ts";
import { createTerminal } from "../test-login/terminal.ts";
import { disable } from "./disable.ts";
import { enable } from "./enable.ts";
import { endingSignal } from "./ending-signal.ts";
import type { EnableParts } from "./parts.ts";
import { STATE_FOLDER } from "./pending.ts";
import { PAM_FOLDER } from "./prepare.ts";
import { recover } from "./recover.ts";
import { faultsOf } from "./service-faults.ts";
import { notesOf } from "./service-notes.ts";

export interface EnableFlags {
  readonly user?: string;
  readonly from?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly test: boolean;
  /** Seconds. */
  readonly confirmWithin: number;
  readonly config: string;
  readonly firstFactor: readonly string[];
}

const PLACES = { pamFolder: PAM_FOLDER, stateFolder: STATE_FOLDER };

/** Returns the exit code, as the others below do. */
export function runEnable(service: string, flags: EnableFlags, io: CommandIo): Promise<number> {
  const { user, from: rhost, config, test, confirmWithin } = flags;
  const dryRun = flags.dryRun === true;
  const credentialsDirectory = io.env["CREDENTIALS_DIRECTORY"];
  const said = { service, user, rhost, config, credentialsDirectory, test, dryRun, yes: flags.yes === true };
  const firstFactors = new Set(flags.firstFactor);
  const options = { ...said, firstFactors, confirmWithinMs: confirmWithin * 1000, ...PLACES };
  return asRoot(service, dryRun, io, (parts) => enable(options, parts));
}

export function runDisable(
  service: string,
  { dryRun, yes, firstFactor }: Pick<EnableFlags, "dryRun" | "yes" | "firstFactor">,
  io: CommandIo,
): Promise<number> {
  const firstFactors = new Set(firstFactor);
  const options = { service, firstFactors, dryRun: dryRun === true, yes: yes === true, ...PLACES };
  return asRoot(service, options.dryRun, io, (parts) => disable(options, parts));
}

export async function runRecover(io: CommandIo): Promise<number> {
  const libc = openLibc();
  return libc.ok ? await recover(STATE_FOLDER, { ...io, libc: libc.value }) : EXIT.cannotRun;
}

async function asRoot(
  service: string,
  dryRun: boolean,
  { print, complain }: CommandIo,
  work: (parts: EnableParts) => Promise<number>,
): Promise<number> {
  const fault = serviceFault(service, undefined);
  const libc = openLibc();
  if (fault !== undefined || !libc.ok) {
    complain(fault ?? "duogate cannot run on this machine");
    return fault === undefined ? EXIT.cannotRun : EXIT.usage;
  }
  if (!dryRun && process.geteuid?.() !== 0) {
    complain("only root can change PAM files: run this as root, or add --dry-run");
    return EXIT.cannotRun;
  }
  const terminal = createTerminal(() => process.stdin, process.stderr);
  try {
    const stop = endingSignal();
    return await work({
      libc: libc.value,
      terminal,
      print,
      complain,
      serviceFaults: faultsOf,
      serviceNotes: notesOf,
      stop,
    });
  } finally {
    terminal.close();
  }
}
