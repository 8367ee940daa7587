// `duogate api` against an emulator: its exit code, both outputs, and what it wrote as JSON. In this process, because
// nearly all of it is the same there; or as a process of its own, for what is not.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { secretInput } from "../../src/cli/api/secret-input.ts";
import { runCommand } from "../../src/cli/commands/program.ts";
import { configText, type DuoPlace } from "./gateway.ts";
import { repositoryFile } from "./repository.ts";

export interface ApiRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** `response` of the envelope on standard output; undefined where there is none. */
  readonly response: unknown;
}

export interface ApiCommand {
  /** A private folder, with the configuration in it. */
  readonly folder: string;
  run(args: readonly string[], stdin?: string): Promise<ApiRun>;
  /** The same as a process. */
  spawn(args: readonly string[], stdin?: string): Promise<ApiRun>;
  remove(): void;
}

/** `lines` go into [duo]. */
export function apiCommand(duo: DuoPlace, lines: readonly string[] = []): ApiCommand {
  const folder = mkdtempSync(join(tmpdir(), "duogate-api-"));
  const config = join(folder, "duogate.conf");
  writeFileSync(config, configText({ duo, duoLines: lines }, folder), { mode: 0o600 });
  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    run: (args, stdin = "") => runHere(["api", ...args, "--config", config], stdin),
    spawn: (args, stdin = "") => runApart(["api", ...args, "--config", config], stdin),
  };
}

async function runHere(args: readonly string[], stdin: string): Promise<ApiRun> {
  const [out, err]: [string[], string[]] = [[], []];
  let code = 0;
  await runCommand(args, {
    version: "0.0.0",
    env: {},
    secrets: secretInput(() => Readable.from([Buffer.from(stdin)]), new PassThrough()),
    print: (line) => out.push(`${line}\n`),
    complain: (line) => err.push(`${line}\n`),
    finish: (ended) => {
      code = ended;
    },
  });
  return { code, out: out.join(""), err: err.join(""), response: responseOf(out.join("")) };
}

async function runApart(args: readonly string[], stdin: string): Promise<ApiRun> {
  const child = spawn(process.execPath, [repositoryFile("dist/src/main.js"), ...args], { stdio: "pipe" });
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: Number(code), out, err, response: responseOf(out) };
}

function responseOf(out: string): unknown {
  try {
    const envelope: unknown = JSON.parse(out);
    return typeof envelope === "object" && envelope !== null && "response" in envelope ? envelope.response : undefined;
  } catch {
    return undefined;
  }
}
