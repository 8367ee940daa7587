// The command line of `duogate import`.

import type { Command } from "commander";
import { importDuoUnix } from "../import/import.ts";
import { type CommandIo, DEFAULT_CONFIG } from "./io.ts";

interface Flags {
  readonly login?: string;
  readonly service: readonly string[];
  readonly config: string;
  readonly diff: boolean;
  readonly write: boolean;
}

export function addImport(duogate: Command, { print, complain, finish }: CommandIo): void {
  duogate
    .command("import")
    .description("make duogate.conf from the files of Duo Unix; prints what changes its meaning, and no secret")
    .argument(
      "[file]",
      "the pam_duo.conf that most services use, such as /etc/duo/pam_duo.conf; or the only file there is",
    )
    .option("--login <file>", "the login_duo.conf, for login_duogate; alone where there is no pam_duo.conf")
    .option("--service <name=file>", "the conf= file of one PAM service; may be given again", collect, [])
    .option("--config <file>", "the file to compare with, or to write", DEFAULT_CONFIG)
    .option("--diff", "show the difference to that file instead of the result", false)
    .option("--write", "write the file, with mode 0600; one that is there is kept under another name", false)
    .action(async (file: string | undefined, { login, service: services, config, diff, write }: Flags) =>
      finish(await importDuoUnix({ file, login, services, config, diff, write, print, complain })),
    );
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
