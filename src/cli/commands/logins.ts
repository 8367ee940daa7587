// The command line of `duogate logins`.

import { type Command, InvalidArgumentError } from "commander";
import { systemClock } from "../../core/clock.ts";
import { DECISIONS_KEPT } from "../../gateway/decision-stats.ts";
import { DEFAULT_CONTROL_SOCKET } from "../control/control-client.ts";
import { liveOutput } from "../control/live-output.ts";
import { Logins, type LoginsOptions } from "../control/logins.ts";
import type { CommandIo } from "./io.ts";

const LAST_DEFAULT = 20;

export function addLogins(duogate: Command, io: CommandIo): void {
  duogate
    .command("logins")
    .description("the last decisions of the running daemon, and with --follow each one that comes; as root")
    .option("-f, --follow", "go on until Ctrl-C; a daemon that restarts is waited for", false)
    .option("-n, --last <number>", `how many of the past, up to ${DECISIONS_KEPT}`, lastOf, LAST_DEFAULT)
    .option("--user <name>", "only logins of this user, by the name here or at Duo")
    .option("--service <name>", "only logins of this PAM service, such as sshd")
    .option("--denied", "only logins that were not let in", false)
    .option("--json", "a line of JSON for each, for scripts", false)
    .option("--socket <path>", "the daemon's control socket", DEFAULT_CONTROL_SOCKET)
    .addHelpText(
      "after",
      "\nExamples:\n  duogate logins --follow --denied\n  duogate logins --user alice --json | jq .reason",
    )
    .action(async (options: LoginsOptions) => {
      const out = liveOutput(process.stdout, io.env);
      io.finish(await new Logins(options, out, io.complain, systemClock).run());
      out.close();
    });
}

function lastOf(text: string): number {
  const last = /^\d{1,4}$/.test(text) ? Number(text) : DECISIONS_KEPT + 1;
  if (last > DECISIONS_KEPT) throw new InvalidArgumentError(`Write a number from 0 to ${DECISIONS_KEPT}.`);
  return last;
}
