// The command line of `duogate doctor`.

import type { Command } from "commander";
import { systemClock } from "../../core/clock.ts";
import { runProgram } from "../../host/program.ts";
import { ANYBODY } from "../../host/sshd.ts";
import { ACKNOWLEDGED } from "../doctor/finding.ts";
import { withFirstFactor } from "./first-factor.ts";
import { type CommandIo, DEFAULT_CONFIG } from "./io.ts";

const ABOUT = `
Looks at what goes wrong in practice: configuration, the module, systemd's units, the daemon's sockets and
who listens there, every PAM stack that asks Duo (decided by going through it as libpam does, for each
answer that its modules can give), sshd, sudo, SELinux and AppArmor, and the way to Duo: name, proxy, TLS,
clock, keys. It changes nothing and asks Duo about no user. Run it as root; without, it says what it could
not see.

Levels: ok; note: good to know, or not seen; warning: mend it; danger: a way past Duo, or nobody gets in.
Exit code 0 where nothing is above note, 1 otherwise.

A way past Duo that is meant, such as a machine's account with a key alone, can be acknowledged: doctor prints the
line ("if meant: …") that goes into ${ACKNOWLEDGED}, with your reason instead of REASON:

    sshd-bypass "Match User deploy: publickey" 2026-11-26 the pipeline's account

The finding is then shown as meant, with date and reason, and does not count. The line holds for exactly that: a
line that fits nothing any more is a warning (only as root, with the network, and without --user and --from). The
file must be root's alone to write. What cannot be meant, such as an sshd that would not start, has no such line.`;

interface Flags {
  readonly config: string;
  readonly user?: string;
  readonly from?: string;
  readonly acknowledged: string;
  readonly offline?: true;
  readonly json?: true;
  readonly firstFactor: readonly string[];
}

export function addDoctor(duogate: Command, { version, env, print, finish, screen }: CommandIo): void {
  withFirstFactor(duogate.command("doctor"))
    .description("look for everything that goes wrong in practice, and say what to do about it; as root")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG)
    .option("--user <name>", "whose ssh login sshd's Match blocks are looked at for")
    .option("--from <address>", "from which address")
    .option("--acknowledged <file>", "findings that are meant, each with a reason", ACKNOWLEDGED)
    .option("--offline", "leave the network out")
    .option("--json", "as one line of JSON, for scripts")
    .addHelpText("after", ABOUT)
    .action(async ({ config, user, from, acknowledged, offline, json, firstFactor }: Flags) => {
      // Only here: it brings what asks Duo.
      const [{ doctor }, { systemResolve }] = await Promise.all([
        import("../doctor/doctor.ts"),
        import("../../duo/resolver.ts"),
      ]);
      const options = {
        config,
        acknowledged,
        credentialsDirectory: env["CREDENTIALS_DIRECTORY"],
        connection:
          user === undefined && from === undefined
            ? undefined
            : { user: user ?? ANYBODY.user, address: from ?? ANYBODY.address },
        offline: offline === true,
        json: json === true,
        firstFactors: new Set(firstFactor),
      };
      const parts = {
        version,
        isRoot: process.geteuid?.() === 0,
        run: runProgram,
        clock: systemClock,
        resolve: systemResolve,
        colour: screen?.colour === true,
        progress: (what: string) => screen?.progress(what),
        print: (text: string) => {
          screen?.progress("");
          print(text);
        },
      };
      finish(await doctor(options, parts));
    });
}
