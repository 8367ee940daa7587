// The whole command line: every command, the help, the exit codes. It reads nothing of the process; main.ts hands it in.

import { Command, CommanderError } from "commander";
import { EXIT, EXIT_HELP } from "../exit-codes.ts";
import { addApi } from "./api.ts";
import { addCheck } from "./check.ts";
import { addDoctor } from "./doctor.ts";
import { addDisable, addEnable, addEnableRecover } from "./enable.ts";
import { addExplain } from "./explain.ts";
import { fitted, optionDescription, subcommandTerm } from "./help-form.ts";
import { addImport } from "./import.ts";
import type { CommandIo } from "./io.ts";
import { addLogins } from "./logins.ts";
import { addRun } from "./run.ts";
import { addReload, addStatus, addTrust } from "./status.ts";
import { addSupport } from "./support.ts";
import { addTestLogin } from "./test-login.ts";

const FIND_HELP = "Run duogate --help for what can be written.";

/** Where there is no terminal to ask. */
const HELP_WIDTH = 80;

/** The program with all its commands, of which none has run: main.ts runs it, the manual page duogate(1) is made from it. */
export function buildProgram(io: CommandIo): Command {
  const duogate = new Command("duogate")
    .description("Second-factor gateway for Unix logins: PAM module, daemon, Duo.")
    .version(io.version, "-V, --version", "print the version")
    .exitOverride()
    .configureHelp({ optionDescription, subcommandTerm })
    .configureOutput({
      writeOut: (text) => io.print(fitted(text.trimEnd(), helpWidth())),
      // Only the help for a command line that lacks its command comes here, and where to find it: no complaint needs 70 lines.
      writeErr: (text) => (text.startsWith(FIND_HELP) ? io.complain : io.print)(fitted(text.trimEnd(), helpWidth())),
      outputError: (text) => io.complain(text.replace(/^error: /, "").trimEnd()),
    })
    .showHelpAfterError(FIND_HELP)
    .addHelpText("after", EXIT_HELP);
  const helpWidth = () => duogate.configureOutput().getOutHelpWidth?.() ?? HELP_WIDTH;
  addRun(duogate, io);
  addCheck(duogate, io);
  addDoctor(duogate, io);
  addImport(duogate, io);
  addStatus(duogate, io);
  addLogins(duogate, io);
  addReload(duogate, io);
  addTrust(duogate, io);
  addEnable(duogate, io);
  addDisable(duogate, io);
  addEnableRecover(duogate, io);
  addExplain(duogate, io);
  addTestLogin(duogate, io);
  addSupport(duogate, io);
  addApi(duogate, io);
  return duogate;
}

/** Runs the command that `args` names; the exit code goes to `io.finish`. Rejects with what is a defect only. */
export async function runCommand(args: readonly string[], io: CommandIo): Promise<void> {
  try {
    await buildProgram(io).parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    io.finish(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
  }
}
