// The command line of `duogate explain`.

import type { Command } from "commander";
import type { ExplainFlags } from "../explain/run.ts";
import { type CommandIo, DEFAULT_CONFIG } from "./io.ts";

const ABOUT = `
Tells what would happen, step by step, and which line of the configuration decides each step. Nobody's
phone rings and no daemon is needed. The same code that decides about logins decides here; what it cannot
know is what only the login itself has: a device that the daemon remembers, and what the user answers.

SERVICE is the name of a file in /etc/pam.d (sshd, sudo, su, login), or login_duogate.

Examples:
  duogate explain alice@sshd --from 203.0.113.5
  duogate explain root@su --caller alice
  duogate explain alice@sudo --online              ask Duo's preauth: devices, bypass, lock-out, enrolment
  duogate explain backup@sshd --non-interactive    scp, rsync, ansible: nobody can be asked
  duogate explain alice@sshd --json | jq .outcome

--json prints {user, service, asksDuogate, steps: [{rule, text, from: [{file, line, key}]}], outcome, outage}.
outcome.kind is "ended" (with verdict, reason and PAM code), "duo-decides" or, with --online, "factor-wanted".

Exit codes:
  0  let in without a factor
  1  the configuration is not right
  2  the command line is not right
  3  the machine would not let duogate run
  4  with --online: Duo refused the request
  5  with --online: Duo gave no answer
  6  refused
  7  Duo, or a factor, decides`;

export function addExplain(duogate: Command, io: CommandIo): void {
  duogate
    .command("explain")
    .description("what a login would come to, and by which line of the configuration, without a push")
    .argument("<user@service>", "whose login, through which PAM service: alice@sshd")
    .option("--from <address>", "where the login comes from, as PAM_RHOST has it")
    .option("--caller <user>", "who types su; for root@su")
    .option("--duo-user <name>", "the name that login_duogate -f gives")
    .option("--non-interactive", "nobody can be asked, as with scp and rsync")
    .option("--online", "ask Duo too: preauth only, which sends nothing to anybody")
    .option("--json", "as one line of JSON, for scripts")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG)
    .addHelpText("after", ABOUT)
    .action(async (target: string, flags: ExplainFlags) => {
      // Only here, because it brings Duo's client: see commands/run.ts.
      const { runExplain } = await import("../explain/run.ts");
      io.finish(await runExplain(target, flags, io));
    });
}
