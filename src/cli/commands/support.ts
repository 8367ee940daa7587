// The command line of `duogate support`.

import type { Command } from "commander";
import type { SupportFlags } from "../support/run-support.ts";
import { type CommandIo, DEFAULT_CONFIG } from "./io.ts";

const ABOUT = `
Gathers what somebody who helps would ask for: versions, the configuration with its keys masked, what duogate doctor
says, the daemon's status, systemd's units, the last lines of the journal, the PAM files of sshd, sudo, su and login,
and the settings of sshd and sudo that matter. It is written to a new file that only you can read, and sent nowhere.

Keys, proxy passwords, passcodes and tokens are taken out, also where they stand in base64, in hexadecimal or
percent-encoded; if one is still found, nothing is written. User names, host names, addresses and paths are in it:
read it before you send it (tar -xzf FILE).

Examples:
  duogate support
  duogate support --output /root/for-support.tar.gz --offline

Exit codes:
  0  written
  2  the command line is not right
  3  it could not be written, or a secret was still found`;

export function addSupport(duogate: Command, io: CommandIo): void {
  duogate
    .command("support")
    .description("gather what somebody who helps would ask for, without secrets, into one file; as root")
    .option("--output <file>", "the archive to write, which must not exist (default: a new name in this folder)")
    .option("--offline", "do not look whether Duo can be reached")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG)
    .addHelpText("after", ABOUT)
    .action(async (flags: SupportFlags) => {
      // Only here: see commands/run.ts.
      const { runSupport } = await import("../support/run-support.ts");
      io.finish(await runSupport(flags, io));
    });
}
