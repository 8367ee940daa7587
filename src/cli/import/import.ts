// `duogate import`: the files of Duo Unix as one duogate.conf. Reads, explains, shows or writes; asks no network. SECURITY: a
// secret key goes into the file and nowhere else.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Finding, Translation } from "../../config/duo-unix/finding.ts";
import { type ImportedService, renderImport } from "../../config/duo-unix/render.ts";
import { type DuoUnixProgram, translate } from "../../config/duo-unix/translate.ts";
import { parseConfig } from "../../config/parse.ts";
import { formatProblems } from "../../config/problem.ts";
import { readSection } from "../../config/section.ts";
import { displayLine } from "../../core/display-text.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { EXIT } from "../exit-codes.ts";
import { lineDiff } from "./diff.ts";
import { masked, maskedPair } from "./mask.ts";
import { readSource } from "./source.ts";
import { writeConfigFile } from "./write.ts";

export interface ImportOptions {
  /** The pam_duo.conf for [duo], or the one file that there is. */
  readonly file: string | undefined;
  /** The login_duo.conf for login_duogate. */
  readonly login: string | undefined;
  /** `name=file`, for each PAM service whose line has conf=file. */
  readonly services: readonly string[];
  readonly config: string;
  readonly diff: boolean;
  readonly write: boolean;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** The service that login_duogate says it is. */
const LOGIN_SERVICE = "login_duogate";

/** Returns the exit code. */
export async function importDuoUnix(options: ImportOptions): Promise<number> {
  const { complain, config, write } = options;
  const wanted = wantedFiles(options);
  if (!wanted.ok) return refuse(complain, wanted.error, EXIT.usage);
  const { main: first, others } = wanted.value;
  const main = await translateFile(first.file, first.program, complain);
  if (main === undefined) return EXIT.invalid;
  const services: ImportedService[] = [];
  for (const { service, file, program } of others) {
    const translation = await translateFile(file, program, complain);
    if (translation === undefined) return EXIT.invalid;
    services.push({ service, file, translation });
  }
  const { text, findings } = renderImport(first.file, main, services);
  for (const { service, ...finding } of findings) complain(explain(`[service:${service}]`, finding));
  const parsed = parseConfig(text, config);
  if (!parsed.ok) {
    show(options, text);
    complain(formatProblems(parsed.error));
    return refuse(complain, "the result is not valid yet, and nothing was written: see the lines above", EXIT.invalid);
  }
  if (parsed.value.warnings.length > 0) complain(formatProblems(parsed.value.warnings));
  if (options.diff) await showDiff(options, text);
  else if (!write) show(options, text);
  return write ? await writeOut(options, text) : EXIT.ok;
}

interface WantedFile {
  readonly service: string;
  readonly file: string;
  readonly program: DuoUnixProgram;
}

interface WantedFiles {
  readonly main: { readonly file: string; readonly program: DuoUnixProgram | undefined };
  readonly others: readonly WantedFile[];
}

function wantedFiles({ file, login, services }: ImportOptions): Result<WantedFiles, string> {
  const main = file === undefined ? login : file;
  if (main === undefined)
    return err("name the file: duogate import /etc/duo/pam_duo.conf, or --login /etc/duo/login_duo.conf");
  const wanted: WantedFile[] = [];
  if (file !== undefined && login !== undefined)
    wanted.push({ service: LOGIN_SERVICE, file: login, program: "login_duo" });
  for (const one of services) {
    const [, service = "", file = ""] = /^([^=]+)=(.+)$/.exec(one) ?? [];
    const section = readSection(`service:${service}`);
    if (file === "" || !section.ok)
      return err(`--service wants name=file, such as sudo=/etc/duo/sudo.conf, not ${displayLine(one)}`);
    if (wanted.some((other) => other.service === service)) return err(`the service ${service} has two files`);
    wanted.push({ service, file, program: "pam_duo" });
  }
  return ok({ main: { file: main, program: file === undefined ? "login_duo" : undefined }, others: wanted });
}

/**
 * Whose file it is, where the command line does not say: by its name, or by the option that login_duo alone knows. At that
 * option pam_duo stops reading and lets everyone in, so that no file of pam_duo's that was ever tried has it.
 */
function programOf(file: string, text: string): DuoUnixProgram {
  const name = basename(file);
  if (name.startsWith("pam_duo")) return "pam_duo";
  return name.startsWith("login_duo") || /^[ \t]*motd[ \t]*=/m.test(text) ? "login_duo" : "pam_duo";
}

async function translateFile(
  file: string,
  program: DuoUnixProgram | undefined,
  complain: (text: string) => void,
): Promise<Translation | undefined> {
  const source = await readSource(file);
  if (!source.ok) {
    complain(source.error);
    return undefined;
  }
  const { text: written } = source.value;
  const { values, findings } = translate(written, program ?? programOf(file, written));
  const remarks = source.value.remarks.map((text) => ({ line: undefined, key: undefined, text }));
  const all = [...remarks, ...findings];
  for (const finding of all) complain(explain(file, finding));
  return { values, findings: all };
}

function explain(place: string, { line, key, text }: Finding): string {
  const where = line === undefined ? place : `${place}:${line}`;
  return masked(displayLine([where, ...(key === undefined ? [] : [key]), text].join(": "), 2048));
}

function show({ print }: ImportOptions, text: string): void {
  print(masked(text).trimEnd());
}

async function showDiff({ config, print, complain }: ImportOptions, text: string): Promise<void> {
  const old = await readFile(config, "utf8").catch(() => "");
  const difference = lineDiff(...maskedPair(old, text));
  if (difference === "") complain(`${config} is like that already`);
  else print(`--- ${config}\n+++ the result\n${difference}`);
}

async function writeOut({ config, print, complain }: ImportOptions, text: string): Promise<number> {
  const written = await writeConfigFile(config, text);
  if (!written.ok) return refuse(complain, written.error, EXIT.cannotRun);
  const { backup } = written.value;
  print(`${config}: written${backup === undefined ? "" : `; the file that was there is ${backup}`}`);
  print("Next: duogate check, then put pam_duogate.so in the place of pam_duo.so, with a root shell open beside it.");
  return EXIT.ok;
}

function refuse(complain: (text: string) => void, text: string, code: number): number {
  complain(text);
  return code;
}
