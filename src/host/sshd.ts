// What sshd would do, by its own word: `sshd -T` for a given connection. Reads; starts no server. sshd -T needs root.
// Called by cli/.

import { err, ok, type Result } from "../core/result.ts";
import type { ProgramFailure, RunProgram } from "./program.ts";

/** Every setting by sshd's own name in lower case; a name that comes several times has its values in order. */
export type SshdSettings = ReadonlyMap<string, readonly string[]>;

export type SshdFailure = ProgramFailure | { readonly code: "refused"; readonly detail: string };

/** The connection that Match blocks are matched against. */
export interface SshdConnection {
  readonly user: string;
  /** An IP literal. */
  readonly address: string;
  /** The client's name; matters for `Match Host` only. */
  readonly host?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
}

const LOCAL_ADDRESS = "192.0.2.2";

/** A user that no `Match User` names, from an address that is nobody's (RFC 5737): what holds for most. */
export const ANYBODY: SshdConnection = { user: "duogate-anybody", address: "192.0.2.1" };

export const SSHD_PROGRAMS: readonly string[] = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/lib/ssh/sshd"];

/** `options`: -f and -o of an sshd that is started with them. "absent": this machine has no sshd. */
export async function sshdSettings(
  run: RunProgram,
  connection: SshdConnection,
  options: readonly string[] = [],
): Promise<Result<SshdSettings, SshdFailure>> {
  const { user, address, host = address, localAddress = LOCAL_ADDRESS, localPort = 22 } = connection;
  const specification = `user=${user},host=${host},addr=${address},laddr=${localAddress},lport=${localPort}`;
  const args = ["-T", "-C", specification, ...options];
  for (const program of SSHD_PROGRAMS) {
    const said = await run(program, args);
    if (!said.ok && said.error.code === "absent") continue;
    if (!said.ok) return said;
    const { code, stdout, stderr } = said.value;
    return code === 0 ? ok(parseSshdSettings(stdout)) : err({ code: "refused", detail: stderr.trim() });
  }
  return err({ code: "absent" });
}

export function parseSshdSettings(text: string): SshdSettings {
  const settings = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const blank = line.indexOf(" ");
    const name = (blank < 0 ? line : line.slice(0, blank)).toLowerCase();
    if (name === "") continue;
    const values = settings.get(name) ?? [];
    values.push(blank < 0 ? "" : line.slice(blank + 1).trim());
    settings.set(name, values);
  }
  return settings;
}

/** The first value of the first of these names that is there. */
export function sshdValue(settings: SshdSettings, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = settings.get(name)?.[0];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** `AuthenticationMethods` as lists of which one has to be fulfilled; undefined for `any`: one method is enough. */
export function methodLists(settings: SshdSettings): readonly (readonly string[])[] | undefined {
  const value = sshdValue(settings, "authenticationmethods") ?? "any";
  if (value === "any" || value === "") return undefined;
  return value.split(/\s+/).map((list) => list.split(","));
}
