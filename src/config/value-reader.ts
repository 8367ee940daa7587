// Reads single values of a scanned file through `ini` and the option table, and collects what is wrong or odd about them.
// It knows options and sections, not what the settings mean together. Made by parse.ts, asked by settings.ts.

import { readWithIni } from "./ini-values.ts";
import { meantKey } from "./known-keys.ts";
import type { Entry, ScannedLines } from "./lines.ts";
import type { Option } from "./option.ts";
import { FAILMODE_REMEDY } from "./options.ts";
import { type Complaint, type ConfigProblem, complaint } from "./problem.ts";

/** Reads the values of the entries through the table and collects what is wrong with them. */
export class ValueReader {
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

  /** The option's value in [duo] or [gateway]; its fallback where the line is absent or wrong. */
  take<T>(option: Option<T>): T {
    const found = this.#find(option, undefined);
    if (found === undefined) {
      if (option.required && !this.#isNamed(option)) this.#missing(option);
      return option.fallback;
    }
    return this.#read(option, found);
  }

  /** The option's value in [service:NAME], or `inherited` where that section does not set it. */
  takeFor<T>(service: string, option: Option<T>, inherited: T): T {
    const found = this.#find(option, service);
    return found === undefined ? inherited : this.#read(option, found);
  }

  /** As `take`, for a value whose faults were reported already. */
  quietly<T>(option: Option<T>): T {
    const found = this.#find(option, undefined);
    const read = found === undefined ? undefined : option.type.read(found.value);
    return read?.ok ? read.value : option.fallback;
  }

  /** The line that sets the option in [service:NAME], or in its own section where `service` is undefined. */
  lineOf(service: string | undefined, option: Option<unknown>): number | undefined {
    return this.#find(option, service)?.entry.line;
  }

  complain(line: number, option: Option<unknown>, one: Complaint): void {
    this.problems.push(this.#place(option, line, one));
  }

  warn(line: number, option: Option<unknown>, one: Complaint): void {
    this.warnings.push(this.#place(option, line, one));
  }

  #find(option: Option<unknown>, service: string | undefined): { entry: Entry; value: string } | undefined {
    const index = this.#scanned.entries.findIndex((one) => one.option === option && one.section.service === service);
    const entry = this.#scanned.entries[index];
    const value = this.#values[index];
    return entry === undefined || value === undefined ? undefined : { entry, value };
  }

  #read<T>(option: Option<T>, { entry, value }: { entry: Entry; value: string }): T {
    const read = option.type.read(value);
    if (!read.ok) {
      this.complain(entry.line, option, read.error);
      return option.fallback;
    }
    const warning = option.type.warn?.(read.value);
    if (warning) this.warn(entry.line, option, warning);
    return read.value;
  }

  #isNamed<T>(option: Option<T>): boolean {
    return [option.key, ...option.aliases].some((key) => this.#meant.has(key));
  }

  #missing<T>(option: Option<T>): void {
    const line = this.#scanned.sections.get(option.section)?.line ?? 1;
    const where = `[${option.section}]`;
    const remedy = option.key === "failmode" ? FAILMODE_REMEDY : `write ${option.key} = ${option.type.label}`;
    this.complain(line, option, complaint("missing-key", `${where} does not set it`, remedy));
  }

  #place(option: Option<unknown>, line: number, { code, message, remedy }: Complaint): ConfigProblem {
    return Object.freeze({ code, file: this.#file, line, key: option.key, message, remedy });
  }
}
