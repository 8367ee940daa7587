// `duogate explain`, put together: the configuration, the user database and, with --online, Duo. Loaded only when the command
// is wanted, because it brings the daemon's parts.

import { systemClock } from "../../core/clock.ts";
import { createDirectory } from "../../ffi/directory.ts";
import { openLibc } from "../../ffi/libc.ts";
import { machineSource } from "../../host/pam/source.ts";
import type { CommandIo } from "../commands/io.ts";
import { serverAddress } from "../daemon/server-address.ts";
import { serviceFacts } from "../doctor/machine-facts.ts";
import { EXIT } from "../exit-codes.ts";
import { explain, loadExplained } from "./explain.ts";
import { askPreauth } from "./online.ts";
import { LOGIN_HELPER, readTarget } from "./question.ts";
import { explanationJson, explanationText } from "./report.ts";

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

/** Prints what the login would come to, or why that cannot be said. Returns the exit code. */
export async function runExplain(target: string, flags: ExplainFlags, io: CommandIo): Promise<number> {
  const read = readTarget(target);
  if (!read.ok) return refuse(io, read.error, EXIT.usage);
  const { user, service } = read.value;
  const libc = openLibc();
  if (!libc.ok) return refuse(io, `duogate cannot run here: ${JSON.stringify(libc.error)}`, EXIT.cannotRun);
  const loaded = await loadExplained(flags.config, service, io.env["CREDENTIALS_DIRECTORY"]);
  if (!loaded.ok) return refuse(io, loaded.error, EXIT.invalid);
  const timeoutMs = loaded.value.config.gateway.lookupTimeoutMs;
  const limits = { maxConcurrent: LOOKUPS_AT_ONCE, maxWaiting: LOOKUPS_AT_ONCE, timeoutMs };
  const userAgent = `duogate/${io.version} (${process.platform}; ${process.arch})`;
  const { from, caller, duoUser, nonInteractive, online } = flags;
  const asked = { user, service, from, caller, duoUser, interactive: nonInteractive !== true };
  const explained = await explain(asked, {
    ...loaded.value,
    directory: createDirectory(libc.value, limits, systemClock),
    serverAddress,
    pam: service === LOGIN_HELPER ? undefined : serviceFacts(service, machineSource()),
    askPreauth: online ? (settings, subject) => askPreauth(settings, subject, userAgent) : undefined,
  });
  if (!explained.ok) return refuse(io, explained.error, EXIT.usage);
  const { explanation, code } = explained.value;
  io.print(flags.json ? explanationJson(explanation) : explanationText(explanation));
  return code;
}

function refuse(io: CommandIo, line: string, code: number): number {
  io.complain(line);
  return code;
}
