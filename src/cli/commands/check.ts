// The command line of `duogate check`.

import type { Command } from "commander";
import { check } from "../check.ts";
import { type CommandIo, DEFAULT_CONFIG } from "./io.ts";

export function addCheck(duogate: Command, { env, print, complain, finish }: CommandIo): void {
  duogate
    .command("check")
    .description("check the configuration, without network; prints every problem with file, line, key and remedy")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG)
    .action(async ({ config }: { config: string }) => {
      const credentialsDirectory = env["CREDENTIALS_DIRECTORY"];
      finish(await check({ config, credentialsDirectory, print, complain }));
    });
}
