#!/usr/bin/env node
// The duogate command. The only file that reads argv and the environment and sets the exit code; the commands are in
// cli/commands/.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { secretInput } from "./cli/api/secret-input.ts";
import { runCommand } from "./cli/commands/program.ts";
import { terminalText } from "./cli/terminal-text.ts";
import { displayLine } from "./core/display-text.ts";

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  const found =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : undefined;
  return typeof found === "string" ? found : "unknown";
}

// `duogate status | head -1`: the reader has what it wanted, and the rest is no failure. Other errors have nowhere to go.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
const screen = {
  colour: (process.env["NO_COLOR"] ?? "") === "",
  progress: (what: string) => void process.stderr.write(`\r\u001b[K${what === "" ? "" : `${displayLine(what)} ...`}`),
};

await runCommand(process.argv.slice(2), {
  version: version(),
  env: process.env,
  secrets: secretInput(() => process.stdin, process.stderr),
  print: (line) => void process.stdout.write(`${terminalText(line)}\n`),
  complain: (line) => void process.stderr.write(`${terminalText(line).replace(/^/gm, "duogate: ")}\n`),
  ...(process.stdout.isTTY && process.stderr.isTTY ? { screen } : {}),
  finish: (code) => {
    process.exitCode = code;
  },
});
