// From the text of a configuration file to a frozen Config, or to every problem in it. Pure: no file, no clock.
// lines.ts finds faults of form, `ini` reads what passed, the option table reads the values. Called by load.ts.

import { err, ok, type Result } from "../core/result.ts";
import type { Config, DuoSettings, GatewaySettings } from "./config.ts";
import { readWithIni } from "./ini-values.ts";
import { meantKey } from "./known-keys.ts";
import { type ScannedLines, scanLines } from "./lines.ts";
import { FAILMODE_REMEDY, OPTIONS, type Option } from "./options.ts";
import { type Complaint, type ConfigProblem, complaint, sortProblems } from "./problem.ts";

/** Reads `text`; `file` is its name in problems. All problems come together, in the order of the lines. */
export function parseConfig(text: string, file: string): Result<Config, readonly ConfigProblem[]> {
  const scanned = scanLines(text, file);
  const reader = new ValueReader(scanned, file);
  const duo = duoSettings(reader);
  const gateway = gatewaySettings(reader);
  const problems = [...scanned.problems, ...reader.problems];
  if (problems.length > 0) return err(sortProblems(problems));
  return ok(Object.freeze({ duo, gateway, warnings: sortProblems(reader.warnings) }));
}

/** The line of `cafile`, for problems with the file that it names. */
export function cafileLine(text: string, file: string): number | undefined {
  return scanLines(text, file).entries.find((entry) => entry.option === OPTIONS.cafile)?.line;
}

function duoSettings(reader: ValueReader): DuoSettings {
  const { host, port } = reader.take(OPTIONS.host);
  return Object.freeze({
    ikey: reader.take(OPTIONS.ikey),
    skey: reader.take(OPTIONS.skey),
    host,
    port,
    failmode: reader.take(OPTIONS.failmode),
    api: reader.take(OPTIONS.api),
    cafile: reader.take(OPTIONS.cafile),
    caCertificates: Object.freeze([]),
    httpProxy: reader.take(OPTIONS.httpProxy),
    autopush: reader.take(OPTIONS.autopush),
    prompts: reader.take(OPTIONS.prompts),
    pushinfo: reader.take(OPTIONS.pushinfo),
    acceptEnvFactor: reader.take(OPTIONS.acceptEnvFactor),
    groups: reader.take(OPTIONS.groups),
    connectTimeoutMs: reader.take(OPTIONS.connectTimeout),
    requestTimeoutMs: reader.take(OPTIONS.requestTimeout),
    bodyTimeoutMs: reader.take(OPTIONS.bodyTimeout),
    pollTimeoutMs: reader.take(OPTIONS.pollTimeout),
  });
}

function gatewaySettings(reader: ValueReader): GatewaySettings {
  return Object.freeze({
    runtimeDir: reader.take(OPTIONS.runtimeDir),
    maxLogins: reader.take(OPTIONS.maxLogins),
    maxLoginsPerUid: reader.take(OPTIONS.maxLoginsPerUid),
    loginUsers: reader.take(OPTIONS.loginUsers),
    trustLoginAddress: reader.take(OPTIONS.trustLoginAddress),
    answerTimeoutMs: reader.take(OPTIONS.answerTimeout),
    loginTimeoutMs: reader.take(OPTIONS.loginTimeout),
    shutdownTimeoutMs: reader.take(OPTIONS.shutdownTimeout),
    lookupTimeoutMs: reader.take(OPTIONS.lookupTimeout),
    keepWarmMs: reader.take(OPTIONS.keepWarm),
    logLevel: reader.take(OPTIONS.logLevel),
    hostname: reader.take(OPTIONS.hostname),
  });
}

/** Reads the values of the entries through the table and collects what is wrong with them. */
class ValueReader {
  readonly problems: ConfigProblem[] = [];
  readonly warnings: ConfigProblem[] = [];
  readonly #scanned: ScannedLines;
  readonly #file: string;
  readonly #meant: ReadonlySet<string | undefined>;
  readonly #values: readonly string[];

  constructor(scanned: ScannedLines, file: string) {
    this.#scanned = scanned;
    this.#file = file;
    // A misspelt key counts as there: one cause, one problem.
    this.#meant = new Set([...scanned.named].map(meantKey));
    this.#values = readWithIni(scanned.entries);
  }

  /** The option's value; its fallback where the line is absent or wrong. */
  take<T>(option: Option<T>): T {
    const index = this.#scanned.entries.findIndex((one) => one.option === option);
    const entry = this.#scanned.entries[index];
    const value = this.#values[index];
    if (entry === undefined || value === undefined) {
      if (option.required && !this.#isNamed(option)) this.#missing(option);
      return option.fallback;
    }
    const read = option.type.read(value);
    if (!read.ok) {
      this.problems.push(this.#place(option, entry.line, read.error));
      return option.fallback;
    }
    const warning = option.type.warn?.(read.value);
    if (warning) this.warnings.push(this.#place(option, entry.line, warning));
    return read.value;
  }

  #isNamed<T>(option: Option<T>): boolean {
    return [option.key, ...option.aliases].some((key) => this.#meant.has(key));
  }

  #missing<T>(option: Option<T>): void {
    const line = this.#scanned.sections.get(option.section) ?? 1;
    const where = `[${option.section}]`;
    const remedy = option.key === "failmode" ? FAILMODE_REMEDY : `write ${option.key} = ${option.type.label}`;
    this.problems.push(this.#place(option, line, complaint("missing-key", `${where} does not set it`, remedy)));
  }

  #place<T>(option: Option<T>, line: number, { code, message, remedy }: Complaint): ConfigProblem {
    return Object.freeze({ code, file: this.#file, line, key: option.key, message, remedy });
  }
}
