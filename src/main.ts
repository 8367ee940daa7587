#!/usr/bin/env node
// The duogate command. The only file that reads argv and the environment and sets the exit code.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { check } from "./cli/check.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { run } from "./cli/run.ts";

const DEFAULT_CONFIG = "/etc/duogate/duogate.conf";

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line.replace(/^/gm, "duogate: ")}\n`);

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  const found =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : undefined;
  return typeof found === "string" ? found : "unknown";
}

function program(finish: (code: number) => void): Command {
  const duogate = new Command("duogate")
    .description("Second-factor gateway for Unix logins: PAM module, daemon, Duo.")
    .version(version(), "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "duogate: ")) })
    .showHelpAfterError("Run duogate --help for what can be written.")
    .addHelpText(
      "after",
      `
Exit codes:
  0  done
  1  the configuration is not right; every problem was printed
  2  the command line is not right
  3  the machine would not let duogate run`,
    );
  duogate
    .command("run")
    .description("run the daemon in the foreground; SIGTERM ends it when the logins under way are over, SIGHUP reloads")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG)
    .action(async ({ config }: { config: string }) =>
      finish(await run({ config, version: version(), env: process.env, complain })),
    );
  duogate
    .command("check")
    .description("check the configuration, without network; prints every problem with file, line, key and remedy")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG)
    .action(async ({ config }: { config: string }) => {
      const credentialsDirectory = process.env["CREDENTIALS_DIRECTORY"];
      finish(await check({ config, credentialsDirectory, print, complain }));
    });
  return duogate;
}

try {
  await program((code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}
