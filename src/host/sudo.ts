// What sudo would do, by its own word: `sudo -V` as root for the defaults, cvtsudoers for the rules. Reads, and runs nothing
// as anybody. Called by cli/.

import { err, ok, type Result } from "../core/result.ts";
import type { ProgramFailure, RunProgram } from "./program.ts";

export interface SudoSettings {
  /** Asks PAM at all. */
  readonly usesPam: boolean;
  /** PAM services of `sudo` and of `sudo -i`. */
  readonly pamService: string;
  readonly pamLoginService: string;
  /** Minutes for which a success is remembered; negative: until the next boot. */
  readonly timestampMinutes: number;
  /** `tty`, `ppid`, `global` or `kernel`. */
  readonly timestampType: string;
  /** False with `Defaults !authenticate`: nobody is asked for anything. */
  readonly authenticates: boolean;
  /** Rules with NOPASSWD, and Defaults for some users or hosts alone; undefined where the rules could not be read. */
  readonly rules: SudoRules | undefined;
}

export interface SudoRules {
  readonly withoutPassword: readonly { readonly who: string; readonly commands: string }[];
  /** `timestamp_timeout` for some only: who, and the minutes. */
  readonly ownTimeouts: readonly { readonly who: string; readonly minutes: number }[];
}

export type SudoFailure =
  | ProgramFailure
  | { readonly code: "refused"; readonly detail: string }
  | { readonly code: "no-details" };

export async function sudoSettings(run: RunProgram): Promise<Result<SudoSettings, SudoFailure>> {
  const said = await run("sudo", ["-V"]);
  if (!said.ok) return said;
  if (said.value.code !== 0) return err({ code: "refused", detail: said.value.stderr.trim() });
  const settings = parseSudoVersion(said.value.stdout);
  if (settings === undefined) return err({ code: "no-details" });
  const rules = await run("cvtsudoers", ["-f", "json", "-e", "/etc/sudoers"]);
  return ok({
    ...settings,
    rules: rules.ok && rules.value.code === 0 ? parseSudoRules(rules.value.stdout) : undefined,
  });
}

/** Undefined for a sudo that does not tell: to users other than root it does not, and sudo-rs tells nobody. */
export function parseSudoVersion(text: string): Omit<SudoSettings, "rules"> | undefined {
  const value = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1]?.trim();
  const methods = value("Authentication methods");
  const timeout = value("Authentication timestamp timeout");
  if (methods === undefined || timeout === undefined) return undefined;
  return {
    usesPam: methods.includes("'pam'"),
    pamService: value("PAM service name to use") ?? "sudo",
    pamLoginService: value("PAM service name to use for login shells") ?? "sudo",
    timestampMinutes: Number.parseFloat(timeout),
    timestampType: value("Type of authentication timestamp record") ?? "tty",
    authenticates: /^Require users to authenticate by default$/m.test(text),
  };
}

interface Member {
  readonly [kind: string]: unknown;
}

/** Undefined for what is not cvtsudoers' JSON. */
export function parseSudoRules(text: string): SudoRules | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const withoutPassword = listOf(parsed, "User_Specs").flatMap((spec) => {
    const free = listOf(spec, "Cmnd_Specs").filter((one) =>
      listOf(one, "Options").some((option) => field(option, "authenticate") === false),
    );
    return free.map((one) => ({ who: names(listOf(spec, "User_List")), commands: names(listOf(one, "Commands")) }));
  });
  const ownTimeouts = listOf(parsed, "Defaults").flatMap((one) => {
    const who = names(listOf(one, "Binding"));
    const minutes = listOf(one, "Options").flatMap((option) => {
      const value = field(option, "timestamp_timeout");
      return value === undefined ? [] : [Number(value)];
    });
    return who === "" ? [] : minutes.map((given) => ({ who, minutes: given }));
  });
  return { withoutPassword, ownTimeouts };
}

/** `alice, %wheel`: each member has one key that says what it is. */
function names(members: readonly unknown[]): string {
  const one = (member: unknown) =>
    Object.entries((member ?? {}) as Member).map(([kind, name]) => `${prefix(kind)}${String(name)}`);
  return members.flatMap(one).join(", ");
}

function prefix(kind: string): string {
  if (kind === "usergroup") return "%";
  return kind === "netgroup" ? "+" : "";
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
