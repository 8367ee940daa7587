// The command lines of `duogate enable` and `disable`, and of the watcher that enable starts.

import type { Command } from "commander";
import type { EnableFlags } from "../enable/run-enable.ts";
import { EXIT } from "../exit-codes.ts";
import { withFirstFactor } from "./first-factor.ts";
import { type CommandIo, DEFAULT_CONFIG } from "./io.ts";

const ABOUT = `
Adds one line to /etc/pam.d/SERVICE, right behind the password, so that the service asks for a second factor:

    # duogate: enabled by "duogate enable SERVICE"; "duogate disable SERVICE" removes this line and the one below
    auth    required    pam_duogate.so

In this order: the configuration has to be valid and the daemon has to answer. Every way through the stack with the
new line is worked out by libpam's rules; where a denial would not deny, where a line lets users in past it, where a
wrong password would ring the phone, or where nobody would get in, nothing is written, and you are told what to write
by hand. A module of which nothing is known does not count as the first factor, unless you say so with --first-factor:
then Duo alone must not be what lets a user in. The change is shown. You log in
through a private copy of the stack. Then the file changes, whole or not at all, and you log in through it. Then
you log in from a second terminal, and type yes in this one.

Without that yes the file goes back to what it was: after two minutes, when you type no, when this terminal or its
connection is lost, and when this program is killed. Keep a root shell open all the same.

Examples:
  duogate enable sshd --user alice
  duogate enable sudo --dry-run                  show the change, and touch nothing
  duogate enable su --user alice --confirm-within 300

For automation: --yes asks nothing and keeps the change when the two test logins worked; --no-test leaves those out.
With both of them NOBODY HAS LOGGED IN before the change stays: a service that cannot show prompts, a user without a
phone or a wrong name at Duo then lock people out. Roll out to one machine first, and keep another way in.

Exit codes:
  0  confirmed, and it stays
  1  nothing was written: the configuration, or the stack, is not right
  2  the command line is not right
  3  it could not be done
  6  the test login was refused
  7  not confirmed: nothing changed, or it was put back`;

const DISABLE_ABOUT = `
Takes out the two lines that "duogate enable SERVICE" wrote, and nothing else: the file is byte for byte what it was.
Lines that somebody wrote by hand are named and stay. The daemon need not run and the configuration need not be valid.

Examples:
  duogate disable sshd
  duogate disable sudo --dry-run

Exit codes:
  0  done
  1  there is nothing to take out, or it is not ours
  2  the command line is not right
  3  it could not be done
  7  nothing changed: not confirmed`;

const CONFIRM_DEFAULT_S = 120;
const CONFIRM_MIN_S = 1;
const CONFIRM_MAX_S = 3600;

export function addEnable(duogate: Command, io: CommandIo): void {
  withFirstFactor(duogate.command("enable"))
    .description(
      "ask for a second factor in a PAM service: shows the change, tests it, and takes it back unless confirmed",
    )
    .argument("<service>", "a file in /etc/pam.d: sshd, sudo, su, login")
    .option("--user <name>", "who logs in for the test")
    .option("--from <address>", "where the test login comes from")
    .option("--dry-run", "show the change and touch nothing")
    .option("--confirm-within <seconds>", "how long the change waits for its yes", withinSeconds, CONFIRM_DEFAULT_S)
    .option("--yes", "ask nothing; the change stays when the test logins worked (see below)")
    .option("--no-test", "log nobody in first (see below)")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG)
    .addHelpText("after", ABOUT)
    .action(async (service: string, flags: EnableFlags) => {
      if (Number.isNaN(flags.confirmWithin)) {
        io.complain(`--confirm-within wants seconds, from ${CONFIRM_MIN_S} to ${CONFIRM_MAX_S}`);
        return io.finish(EXIT.usage);
      }
      const { runEnable } = await load();
      io.finish(await runEnable(service, flags, io));
    });
}

/** At boot: a machine that lost its power between a change and its yes has nobody left who would put the file back. */
export function addEnableRecover(duogate: Command, io: CommandIo): void {
  duogate
    .command("enable-recover")
    .description(
      "put back every PAM file whose change was never confirmed and is not waited for; at the machine's start",
    )
    .action(async () => {
      const { runRecover } = await load();
      io.finish(await runRecover(io));
    });
}

export function addDisable(duogate: Command, io: CommandIo): void {
  withFirstFactor(duogate.command("disable"))
    .description('take out of a PAM service what "duogate enable" put in, and nothing else')
    .argument("<service>", "a file in /etc/pam.d")
    .option("--dry-run", "show the change and touch nothing")
    .option("--yes", "do not ask")
    .addHelpText("after", DISABLE_ABOUT)
    .action(async (service: string, flags: Pick<EnableFlags, "dryRun" | "yes" | "firstFactor">) => {
      const { runDisable } = await load();
      io.finish(await runDisable(service, flags, io));
    });
}

/** Only when one of them runs: see commands/run.ts. */
function load() {
  return import("../enable/run-enable.ts");
}

function withinSeconds(text: string): number {
  const value = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  return value >= CONFIRM_MIN_S && value <= CONFIRM_MAX_S ? value : Number.NaN;
}
