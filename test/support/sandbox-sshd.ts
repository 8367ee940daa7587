// A real sshd on a free loopback port of the sandbox, with a configuration and host keys of its own, and the command
// line of a client that reads no file of the person who runs the tests. Knows PAM only by UsePAM.

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { PtyText } from "./pty-text.ts";

const HOST_KEY = "/run/sandbox/host-key";
const WAIT_MS = 40_000;
const PORT_TRIES = 5;

export interface Sshd extends AsyncDisposable {
  readonly port: number;
  /** What this sshd logs; the PAM modules inside it log to the system log instead. */
  readonly log: PtyText;
}

/** Starts sshd with these lines before its own. Resolved once it listens. */
export async function startSshd(lines: readonly string[] = []): Promise<Sshd> {
  makeKey(HOST_KEY);
  for (let tries = 0; tries < PORT_TRIES; tries++) {
    const sshd = await tryPort(await freePort(), lines);
    if (sshd !== "port taken") {
      return sshd;
    }
  }
  throw new Error(`no free port for sshd after ${PORT_TRIES} tries`);
}

/** Makes a key without a passphrase if it is not there yet; PATH.pub is its public half. */
export function makeKey(path: string): void {
  if (!existsSync(path)) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
  }
}

export interface SshOptions {
  readonly program?: "ssh" | "scp" | "sftp";
  /** Default: keyboard-interactive only. */
  readonly methods?: string;
  readonly options?: readonly string[];
}

/** The client's program and options up to the destination, which comes next. */
export function sshCommand(port: number, settings: SshOptions = {}): readonly string[] {
  const options = [
    "UserKnownHostsFile=/dev/null",
    "StrictHostKeyChecking=no",
    "LogLevel=ERROR",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    `Port=${port}`,
    `PreferredAuthentications=${settings.methods ?? "keyboard-interactive"}`,
    ...(settings.options ?? []),
  ];
  return [settings.program ?? "ssh", "-F", "none", ...options.flatMap((option) => ["-o", option])];
}

async function tryPort(port: number, lines: readonly string[]): Promise<Sshd | "port taken"> {
  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", writeConfig(port, lines)], {
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exit = once(child, "exit");
  const log = new PtyText("sshd", WAIT_MS);
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => log.feed(chunk));
  child.stderr.on("close", () => log.end("sshd ended"));
  const [line] = await log.waitFor(/Server listening on .*\n|Address already in use|Missing privilege.*\n/u);
  if (line === "Address already in use") {
    await exit;
    return "port taken";
  }
  return { port, log, [Symbol.asyncDispose]: () => stop(child, exit) };
}

async function stop(child: ChildProcess, exit: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  await exit;
}

function writeConfig(port: number, lines: readonly string[]): string {
  mkdirSync("/run/sandbox", { recursive: true });
  const path = join(mkdtempSync("/run/sandbox/sshd-"), "sshd_config");
  const own = [
    "ListenAddress 127.0.0.1",
    `Port ${port}`,
    `HostKey ${HOST_KEY}`,
    "PidFile none",
    "UsePAM yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication yes",
    "PrintMotd no",
    "PrintLastLog no",
    // Of most keywords sshd takes the first line; a second subsystem of one name it refuses.
    ...(lines.some((line) => line.startsWith("Subsystem sftp ")) ? [] : ["Subsystem sftp internal-sftp"]),
    ...(knowsPenalties() ? ["PerSourcePenalties no"] : []),
  ];
  writeFileSync(path, [...lines, ...own, ""].join("\n"));
  return path;
}

/** From OpenSSH 9.8 on sshd turns an address away for a while after refused logins, and every test comes from 127.0.0.1. */
function knowsPenalties(): boolean {
  const asked = ["-t", "-f", "/dev/null", "-h", HOST_KEY, "-o", "PerSourcePenalties=no"];
  return spawnSync("/usr/sbin/sshd", asked, { stdio: "ignore" }).status === 0;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") {
    throw new Error("a TCP server has no port");
  }
  return address.port;
}
