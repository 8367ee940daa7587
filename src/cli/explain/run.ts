// `duogate explain`, put together: the configuration, the user database and, with --online, Duo. Loaded only when the command
// is wanted, because it brings the daemon's parts.

import { hostname, networkInterfaces } from "node:os";
import { systemClock } from "../../core/clock.ts";
import { createDirectory } from "../../ffi/directory.ts";
import { openLibc } from "../../ffi/libc.ts";
import { machineSource } from "../../host/pam/source.ts";
import { runProgram } from "../../host/program.ts";
import { sudoSettings } from "../../host/sudo.ts";
import { sudoServices } from "../../host/sudo-ways.ts";
import type { Directory } from "../../login/ports.ts";
import type { CommandIo } from "../commands/io.ts";
import { serverAddress } from "../daemon/server-address.ts";
import { serviceFacts } from "../doctor/machine-facts.ts";
import { asksDuo } from "../doctor/pam-findings.ts";
import { EXIT } from "../exit-codes.ts";
import { explain, loadExplained } from "./explain.ts";
import { askPreauth } from "./online.ts";
import { LOGIN_HELPER, readTarget } from "./question.ts";
import { explanationJson, explanationText } from "./report.ts";
import { type SudoPart, sudoStep, unseenSudo } from "./sudo-step.ts";

/** What the command line said. */
export interface ExplainFlags {
  readonly from?: string;
  readonly caller?: string;
  readonly duoUser?: string;
  readonly nonInteractive?: true;
  readonly online?: true;
  readonly json?: true;
  readonly config: string;
}

const LOOKUPS_AT_ONCE = 2;
/** Not worth a question to sudo. */
const NEVER_SUDO: ReadonlySet<string> = new Set(["sshd", "login", "su", "su-l"]);

/** Prints what the login would come to, or why that cannot be said. Returns the exit code. */
export async function runExplain(target: string, flags: ExplainFlags, io: CommandIo): Promise<number> {
  const read = readTarget(target);
  if (!read.ok) return refuse(io, read.error, EXIT.usage);
  const { user } = read.value;
  const libc = openLibc();
  if (!libc.ok) return refuse(io, `duogate cannot run here: ${JSON.stringify(libc.error)}`, EXIT.cannotRun);
  const checked = await loadExplained(flags.config, read.value.service, io.env["CREDENTIALS_DIRECTORY"]);
  if (!checked.ok) return refuse(io, checked.error, EXIT.invalid);
  const timeoutMs = checked.value.config.gateway.lookupTimeoutMs;
  const limits = { maxConcurrent: LOOKUPS_AT_ONCE, maxWaiting: LOOKUPS_AT_ONCE, timeoutMs };
  const directory = createDirectory(libc.value, limits, systemClock);
  const sudo = await throughSudo(read.value, directory);
  const service = sudo?.service ?? read.value.service;
  // The lines that count are those of the service that sudo really uses.
  const loaded = await loadExplained(flags.config, service, io.env["CREDENTIALS_DIRECTORY"]);
  if (!loaded.ok) return refuse(io, loaded.error, EXIT.invalid);
  const userAgent = `duogate/${io.version} (${process.platform}; ${process.arch})`;
  const { from, caller, duoUser, nonInteractive, online } = flags;
  const asked = { user, service: read.value.service, from, caller, duoUser, interactive: nonInteractive !== true };
  const explained = await explain(asked, {
    ...loaded.value,
    directory,
    serverAddress,
    sudo,
    pam: service === LOGIN_HELPER ? undefined : serviceFacts(service, machineSource()),
    askPreauth: online ? (settings, subject) => askPreauth(settings, subject, userAgent) : undefined,
  });
  if (!explained.ok) return refuse(io, explained.error, EXIT.usage);
  const { explanation, code } = explained.value;
  io.print(flags.json ? explanationJson(explanation) : explanationText(explanation));
  return code;
}

/** Undefined for a service that sudo does not use. */
async function throughSudo(
  { user, service }: { readonly user: string; readonly service: string },
  directory: Directory,
): Promise<SudoPart | undefined> {
  if (service === LOGIN_HELPER || NEVER_SUDO.has(service)) return undefined;
  const login = service === "sudo-i";
  const settings = await sudoSettings(runProgram);
  const named = service === "sudo" || login;
  if (!settings.ok) return named ? unseenSudo(user, service, settings.error.code) : undefined;
  const source = machineSource();
  const asks = (name: string) => asksDuo(serviceFacts(name, source));
  const machine = {
    hostname: hostname(),
    addresses: Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address)),
  };
  const part = await sudoStep({ user, login, settings: settings.value, directory, machine, asks });
  if (part === undefined || named) return part;
  // One of the services that sudoers names: the user's own sudo may go through another one.
  const used = sudoServices(settings.value).some((one) => one.service === service);
  return used ? { ...part, service } : undefined;
}

function refuse(io: CommandIo, line: string, code: number): number {
  io.complain(line);
  return code;
}
