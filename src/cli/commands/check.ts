// The command line of `duogate check`.

import type { Command } from "commander";
import { accountNamed } from "../../host/account.ts";
import { localAccounts } from "../../host/accounts.ts";
import { ownLimits, runsIn } from "../../host/process-limits.ts";

import { runProgram } from "../../host/program.ts";
import { unitLimits } from "../../host/units.ts";
import { check } from "../check/check.ts";
import { readEntries } from "../doctor/acknowledged.ts";
import { ACKNOWLEDGED } from "../doctor/finding.ts";
import { pamFacts } from "../doctor/machine-facts.ts";
import { type CommandIo, DEFAULT_CONFIG } from "./io.ts";

const ABOUT = `
A max_logins that the unit's LimitNOFILE= and MemoryMax= do not hold is a problem, with the numbers.
Beside the configuration it looks at the PAM lines that name the module (arguments that it refuses, or that
disagree with the configuration), at sections for services that do not ask, and at files that the daemon's
account must read. These never make it fail, because the daemon's unit runs it before each start and a login
must not be lost to a warning; --strict makes them count, but for what is acknowledged. "duogate doctor" looks at the rest.`;

const SERVICE = "duogated.service";

interface Flags {
  readonly config: string;
  readonly json?: true;
  readonly strict?: true;
}

export function addCheck(duogate: Command, { env, print, complain, finish }: CommandIo): void {
  duogate
    .command("check")
    .description("check the configuration, without network; prints every problem with file, line, key and remedy")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG)
    .option("--json", "as one line of JSON, for scripts")
    .option("--strict", "exit code 1 for warnings, too")
    .addHelpText("after", ABOUT)
    .action(async ({ config, json, strict }: Flags) => {
      const credentialsDirectory = env["CREDENTIALS_DIRECTORY"];
      const machine = async () => ({
        pam: pamFacts(),
        local: localAccounts(),
        account: () => accountNamed(runProgram, "duogate"),
      });
      const chosen = { json: json === true, strict: strict === true };
      const limits = async () => {
        const unit = runsIn(SERVICE) ? undefined : await unitLimits(runProgram, SERVICE);
        return unit ?? ownLimits();
      };
      const acknowledged = () => readEntries(ACKNOWLEDGED, Date.now());
      finish(await check({ config, credentialsDirectory, ...chosen, machine, acknowledged, limits, print, complain }));
    });
}
