// Every sshd of this machine that does not simply read /etc/ssh/sshd_config: started by hand or by a unit with another file, or with
// settings on its command line, which win over every file. Reads /proc and unit files; judges nothing.

import { readdirSync, readlinkSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { SSHD_PROGRAMS } from "./sshd.ts";
import { textOrEmpty } from "./text-or-empty.ts";
import { unitCommands } from "./unit-commands.ts";

export interface SshdInstance {
  /** The file that it reads. */
  readonly config: string | undefined;
  /** -f and -o as sshd -T takes them. */
  readonly options: readonly string[];
  /** `process 4711`, `ssh-admin.service`. */
  readonly where: readonly string[];
}

/** Options that take a value. */
const WITH_VALUE = "bCcEfghkopuV";

/** Each set of options once; none for what is started without any. */
export function sshdInstances(root = "/"): readonly SshdInstance[] {
  const found = new Map<string, SshdInstance>();
  const units = unitCommands(root).map(({ unit, argv }) => ({ where: unit, argv }));
  for (const { where, argv } of [...runningSshds(root), ...units]) {
    const [program = ""] = argv;
    if (basename(program) !== "sshd") continue;
    const options = sshdOptions(argv.slice(1));
    if (options.length === 0) continue;
    const config = options[options.indexOf("-f") + 1];
    const key = JSON.stringify(options);
    const before = found.get(key)?.where ?? [];
    found.set(key, { config: options.includes("-f") ? config : undefined, options, where: [...before, where] });
  }
  return [...found.values()];
}

/** What of a command line changes sshd's settings. */
export function sshdOptions(args: readonly string[]): readonly string[] {
  const options: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [, letters = "", rest = ""] =
      new RegExp(`^-([^${WITH_VALUE}]*[${WITH_VALUE}]?)(.*)$`).exec(args[i] ?? "") ?? [];
    const letter = letters.at(-1) ?? "";
    if (!WITH_VALUE.includes(letter) || letter === "") continue;
    const value = rest === "" ? (args[++i] ?? "") : rest;
    if (letter === "f" && value !== DEFAULT) options.push("-f", value);
    if (letter === "o") options.push("-o", value);
  }
  return options;
}

const DEFAULT = "/etc/ssh/sshd_config";

/** SECURITY: root's alone. Anybody can run an sshd, or what calls itself one, and let it say what it likes. */
function runningSshds(root: string): readonly { readonly where: string; readonly argv: readonly string[] }[] {
  const proc = join(root, "proc");
  return names(proc)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const folder = join(proc, pid);
      if (!isRoots(folder) || !SSHD_PROGRAMS.includes(programOf(folder))) return [];
      const argv = listenerArguments(textOrEmpty(join(folder, "cmdline")));
      return argv === undefined ? [] : [{ where: `process ${pid}`, argv }];
    });
}

/** sshd writes its title over its arguments: `sshd: /usr/sbin/sshd -D -f FILE [listener] 0 of 10-100 startups`. */
export function listenerArguments(cmdline: string): readonly string[] | undefined {
  const titled = /^sshd: (\/.*) \[listener\]/.exec(cmdline)?.[1];
  if (titled !== undefined) return titled.split(" ");
  // A session's title names a user and no program.
  return cmdline.startsWith("/") ? cmdline.split("\0").filter((word) => word !== "") : undefined;
}

function programOf(folder: string): string {
  try {
    // As the kernel writes it where a package was replaced under a running program.
    return readlinkSync(join(folder, "exe")).replace(/ \(deleted\)$/, "");
  } catch {
    return "";
  }
}

function isRoots(path: string): boolean {
  try {
    return statSync(path).uid === 0;
  } catch {
    return false;
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
