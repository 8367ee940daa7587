// The command line of `duogate run`.

import type { Command } from "commander";
import { type CommandIo, DEFAULT_CONFIG } from "./io.ts";

export function addRun(duogate: Command, { version, env, complain, finish }: CommandIo): void {
  duogate
    .command("run")
    .description("run the daemon in the foreground; SIGTERM ends it when the logins under way are over, SIGHUP reloads")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG)
    .action(async ({ config }: { config: string }) => {
      // Only here: the other commands need none of the daemon, and `duogate check` runs before each of its starts.
      const { run } = await import("../daemon/run.ts");
      finish(await run({ config, version, env, complain }));
    });
}
