// What sudo would do, by its own word: `sudo -V` as root for the defaults, cvtsudoers for the rules, visudo for mistakes in them.
// Reads, and runs nothing as anybody.

import { err, ok, type Result } from "../core/result.ts";
import type { ProgramFailure, RunProgram } from "./program.ts";
import { parseSudoRules, type SudoRules } from "./sudoers.ts";
import { textOrEmpty } from "./text-or-empty.ts";

export interface SudoSettings {
  /** Asks PAM at all. */
  readonly usesPam: boolean;
  /** PAM services of `sudo`, `sudo -i` and `sudo -A`, as they are for root; the last is the first's where none is named. */
  readonly pamService: string;
  readonly pamLoginService: string;
  readonly pamAskpassService: string | undefined;
  /** What sudo was built with for `sudo -i`. */
  readonly builtInLoginService: string;
  /** `runas_default`. */
  readonly target: string;
  /** Minutes for which a success is remembered; negative: until the next boot. */
  readonly timestampMinutes: number;
  /** `tty`, `ppid`, `global` or `kernel`. */
  readonly timestampType: string;
  /** False with `Defaults !authenticate`: nobody is asked for anything. */
  readonly authenticates: boolean;
  /** Undefined where the rules could not be read. */
  readonly rules: SudoRules | undefined;
  /** What visudo finds wrong in sudoers, in its own words; undefined: nothing, or it could not look. */
  readonly mistakes: string | undefined;
  /** Where else rules come from, by nsswitch.conf: `sss`, `ldap`. Nothing here reads those. */
  readonly elsewhere: readonly string[];
}

export type SudoFailure =
  | ProgramFailure
  | { readonly code: "refused"; readonly detail: string }
  | { readonly code: "no-details" };

/** `nsswitch` is where the sources of rules are named. */
export async function sudoSettings(
  run: RunProgram,
  nsswitch = "/etc/nsswitch.conf",
): Promise<Result<SudoSettings, SudoFailure>> {
  const said = await run("sudo", ["-V"]);
  if (!said.ok) return said;
  if (said.value.code !== 0) return err({ code: "refused", detail: said.value.stderr.trim() });
  const settings = parseSudoVersion(said.value.stdout);
  if (settings === undefined) return err({ code: "no-details" });
  // The first of several that is there (sudo 1.9.15 and later name a vendor's file behind it); sudo.conf can name another one.
  const paths = /^Sudoers path: (.*)$/m.exec(said.value.stdout)?.[1]?.trim().split(":") ?? [];
  const path = paths.find((one) => textOrEmpty(one) !== "") ?? paths[0] ?? "/etc/sudoers";
  const [rules, mistakes] = [await rulesOf(run, path), await mistakesOf(run, path)];
  // sudo -V speaks for root: what is off for root alone shows there too.
  const told = rules?.defaults.filter(({ option }) => option === "authenticate") ?? [];
  const general = told.filter(({ scope }) => scope === "everybody").at(-1);
  const authenticates = told.length === 0 ? settings.authenticates : general?.value !== false;
  return ok({ ...settings, authenticates, rules, mistakes, elsewhere: otherSources(textOrEmpty(nsswitch)) });
}

async function rulesOf(run: RunProgram, path: string): Promise<SudoRules | undefined> {
  const all = await run("cvtsudoers", ["-f", "json", path]);
  const runas = await run("cvtsudoers", ["-f", "json", "-d", "runas", path]);
  if (!all.ok || all.value.code !== 0 || !runas.ok || runas.value.code !== 0) return undefined;
  // It writes nothing at all where nothing is left.
  return parseSudoRules(all.value.stdout, runas.value.stdout.trim() === "" ? "{}" : runas.value.stdout);
}

/** visudo asks for no editor and no lock with -c. */
async function mistakesOf(run: RunProgram, path: string): Promise<string | undefined> {
  const checked = await run("visudo", ["-c", ...(path === "/etc/sudoers" ? [] : ["-f", path])]);
  if (!checked.ok || checked.value.code === 0) return undefined;
  const { stderr, stdout } = checked.value;
  // The lines in between show the text and a caret below it.
  const lines = `${stderr}\n${stdout}`
    .split("\n")
    .filter((line) => /^\S+:\d+|bad permissions|wrong owner|unable|error/.test(line));
  return lines.map((line) => line.trim()).join("; ") || "visudo -c says that it is not in order";
}

/** nsswitch.conf's `sudoers:` without the files that cvtsudoers reads. */
export function otherSources(text: string): readonly string[] {
  const sources = /^\s*sudoers:(.*)$/m.exec(text)?.[1]?.replace(/#.*|\[[^\]]*\]/g, "") ?? "";
  return sources.split(/\s+/).filter((source) => source !== "" && source !== "files");
}

/** Undefined for a sudo that does not tell: to users other than root it does not, and sudo-rs tells nobody. */
export function parseSudoVersion(text: string): Omit<SudoSettings, "rules" | "mistakes" | "elsewhere"> | undefined {
  const value = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1]?.trim();
  const methods = value("Authentication methods");
  const timeout = value("Authentication timestamp timeout");
  if (methods === undefined || timeout === undefined) return undefined;
  return {
    usesPam: methods.includes("'pam'"),
    pamService: value("PAM service name to use") ?? "sudo",
    pamLoginService: value("PAM service name to use for login shells") ?? "sudo",
    pamAskpassService: value("PAM service name to use when sudo is run with the -A option"),
    builtInLoginService: /^Configure options: .*--with-pam-login\b/m.test(text) ? "sudo-i" : "sudo",
    target: value("Default user to run commands as") ?? "root",
    timestampMinutes: Number.parseFloat(timeout),
    timestampType: value("Type of authentication timestamp record") ?? "tty",
    authenticates: /^Require users to authenticate by default$/m.test(text),
  };
}
