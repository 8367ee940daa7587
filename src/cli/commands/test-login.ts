// The command line of `duogate test-login`.

import type { Command } from "commander";
import { EXIT } from "../exit-codes.ts";
import { serviceFault } from "../test-login/service.ts";
import { createTerminal } from "../test-login/terminal.ts";
import type { CommandIo } from "./io.ts";

const ABOUT = `
Runs the PAM stack of a service from beginning to end, as the service itself would, before anybody depends
on it: the prompts come to this terminal, every message and code is printed, and nothing is opened or
changed. Real modules run: a wrong password counts as one, and a push rings a real phone.

What differs from a real login: the modules are run by you. As root, pam_rootok lets you by, and duogate's
su rule sees root as the one who types. As anybody else, only your own password can be checked.

Answers are typed, without echo where PAM wants that. Where standard input is no terminal, each prompt takes
one line of it; a prompt that finds no line left ends the login. Nothing secret is taken from arguments.

Examples:
  duogate test-login sshd alice --from 203.0.113.5
  duogate test-login sudo alice
  duogate test-login sshd alice --confdir /root/pam-draft    a copy of /etc/pam.d that you are working on

Exit codes:
  0  PAM_SUCCESS, of authentication and account phase
  2  the command line is not right
  3  PAM could not be run
  6  PAM refused
  7  no end in time, or given up`;

interface Flags {
  readonly from?: string;
  readonly tty?: string;
  readonly confdir?: string;
  readonly timeout: number;
}

const DEFAULT_TIMEOUT_S = 180;

export function addTestLogin(duogate: Command, io: CommandIo): void {
  duogate
    .command("test-login")
    .description("log in through the real PAM stack of a service, and see what PAM says; nobody is let in by it")
    .argument("<service>", "a file in /etc/pam.d, such as sshd")
    .argument("<user>", "who logs in")
    .option("--from <address>", "where the login comes from")
    .option("--tty <name>", "the terminal's name as the service gives it, such as ssh")
    .option("--confdir <folder>", "read the stack from this folder instead of /etc/pam.d (absolute path)")
    .option("--timeout <seconds>", "for the whole login", seconds, DEFAULT_TIMEOUT_S)
    .addHelpText("after", ABOUT)
    .action(async (service: string, user: string, flags: Flags) => io.finish(await run(service, user, flags, io)));
}

async function run(service: string, user: string, flags: Flags, io: CommandIo): Promise<number> {
  const { from: rhost, tty, confdir, timeout } = flags;
  const fault = serviceFault(service, confdir);
  if (fault !== undefined || Number.isNaN(timeout)) {
    io.complain(fault ?? "--timeout wants seconds, from 1 to 3600");
    return EXIT.usage;
  }
  // Only here, because it brings libpam's other process: see commands/run.ts.
  const { exitCodeOf, testLogin, testLoginText } = await import("../test-login/test-login.ts");
  const terminal = createTerminal(() => process.stdin, process.stderr);
  try {
    const options = { service, user, confdir, rhost, tty, timeoutMs: timeout * 1000 };
    const result = await testLogin(options, { terminal, print: io.print });
    io.print(testLoginText(result));
    return exitCodeOf(result);
  } finally {
    terminal.close();
  }
}

function seconds(text: string): number {
  const value = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= 3600 ? value : Number.NaN;
}
