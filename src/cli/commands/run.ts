// The command line of `duogate run`.

import type { Command } from "commander";
import { run } from "../run.ts";
import { type CommandIo, DEFAULT_CONFIG } from "./io.ts";

export function addRun(duogate: Command, { version, env, complain, finish }: CommandIo): void {
  duogate
    .command("run")
    .description("run the daemon in the foreground; SIGTERM ends it when the logins under way are over, SIGHUP reloads")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG)
    .action(async ({ config }: { config: string }) => finish(await run({ config, version, env, complain })));
}
