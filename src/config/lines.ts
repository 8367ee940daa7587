// The strict look at a file's lines, before the `ini` package sees anything: `ini` never fails (garbage becomes a key,
// an unclosed section too, a byte order mark hides one, the last duplicate wins, `;` and `#` cut a value short).
// Finds every problem of form in one pass and returns exact values. Pure. Called by parse.ts.
//
//   | line | becomes |
//   |---|---|
//   | blank, or `;` or `#` first | nothing |
//   | `[name]` | the section of the lines below: section.ts |
//   | `key = value` | an entry: the value is the text after the first `=` without the spaces and tabs around it |
//   | anything else | a problem |

import { printableKey, unknownKey } from "./known-keys.ts";
import type { Option } from "./option.ts";
import { findOption } from "./options.ts";
import { type Complaint, type ConfigProblem, complaint } from "./problem.ts";
import { readSection, type Section } from "./section.ts";
import { textFault, valueFault } from "./text-faults.ts";

export interface Entry {
  readonly option: Option<unknown>;
  readonly section: Section;
  readonly line: number;
  readonly value: string;
}

export interface ScannedLines {
  readonly entries: readonly Entry[];
  readonly problems: readonly ConfigProblem[];
  /**
   * Every key that some line names, well or badly: a key with a faulty line is not missing as well. Lines of
   * [service:NAME] do not count, since [duo] has to be complete without them.
   */
  readonly named: ReadonlySet<string>;
  /** Every section by its label, with the line where it begins. */
  readonly sections: ReadonlyMap<string, Section & { readonly line: number }>;
}

const BOM = "\uFEFF";

export function scanLines(text: string, file: string): ScannedLines {
  const scanner = new Scanner(file);
  const body = text.startsWith(BOM) ? text.slice(BOM.length) : text;
  if (body !== text) {
    scanner.report(
      1,
      undefined,
      complaint("byte-order-mark", "the file begins with a byte order mark", "save it as UTF-8 without BOM"),
    );
  }
  body.split("\n").forEach((raw, index) => {
    // Files written on Windows end their lines with CR LF; that CR is no part of any value.
    scanner.take(raw.replace(/\r$/, ""), index + 1);
  });
  return scanner;
}

class Scanner implements ScannedLines {
  readonly entries: Entry[] = [];
  readonly problems: ConfigProblem[] = [];
  readonly named = new Set<string>();
  readonly sections = new Map<string, Section & { readonly line: number }>();
  readonly #first = new Map<string, { key: string; line: number }>();
  readonly #file: string;
  // "nowhere": above the first section. "unknown": in one that was reported; its lines would only repeat that.
  #section: Section | "nowhere" | "unknown" = "nowhere";
  #saidOutside = false;

  constructor(file: string) {
    this.#file = file;
  }

  report(line: number, key: string | undefined, { code, message, remedy }: Complaint): void {
    this.problems.push({ code, file: this.#file, line, key, message, remedy });
  }

  take(raw: string, line: number): void {
    const text = trimBlanks(raw);
    const fault = textFault(raw);
    if (fault) this.report(line, this.#keyOf(text), fault);
    else if (text.startsWith("[")) this.#header(text, line);
    else if (text !== "" && !/^[;#]/.test(text)) this.#assignment(text, line);
  }

  #header(text: string, line: number): void {
    this.#section = "unknown";
    const [, name, rest] = /^\[([^\]]*)\](.*)$/.exec(text) ?? [];
    if (name === undefined) {
      const remedy = "write [duo], [gateway] or [service:NAME]";
      this.report(line, undefined, complaint("bad-section", "the section has no closing ]", remedy));
      return;
    }
    const section = readSection(name);
    if (rest !== "") {
      const remedy = "put it on a line of its own";
      this.report(line, undefined, complaint("bad-section", "there is text after the closing ]", remedy));
      if (section.ok) this.#section = section.value;
    } else if (section.ok) this.#enter(section.value, line);
    else this.report(line, undefined, section.error);
  }

  #enter(section: Section, line: number): void {
    this.#section = section;
    const first = this.sections.get(section.label)?.line;
    if (first === undefined) this.sections.set(section.label, { ...section, line });
    else {
      const message = `[${section.label}] begins a second time; it began on line ${first}`;
      this.report(line, undefined, complaint("duplicate-section", message, `move these lines up to line ${first}`));
    }
  }

  #assignment(text: string, line: number): void {
    const key = this.#keyOf(text);
    if (key === undefined) {
      // SECURITY: the text is not quoted; it may be a key that lost its name.
      const remedy = "write key = value on one line, or begin a comment with #";
      this.report(
        line,
        undefined,
        complaint("not-key-value", "this line is neither a section nor key = value", remedy),
      );
    } else if (this.#section === "nowhere") this.#outside(line);
    else if (this.#section !== "unknown") this.#known(this.#section, key, text, line);
  }

  #outside(line: number): void {
    if (this.#saidOutside) return;
    this.#saidOutside = true;
    const message = "this line stands above the first section";
    this.report(line, undefined, complaint("outside-section", message, "write [duo] on a line of its own above it"));
  }

  #known(section: Section, key: string, text: string, line: number): void {
    const option = findOption(section.name, key);
    if (option === undefined) {
      this.report(line, printableKey(key) === key ? key : undefined, unknownKey(section.label, key));
      return;
    }
    const value = trimBlanks(text.slice(text.indexOf("=") + 1));
    const fault = this.#duplicate(section, option, key, line) ?? valueFault(value);
    if (fault) this.report(line, key, fault);
    else this.entries.push({ option, section, line, value });
  }

  #duplicate(section: Section, option: Option<unknown>, key: string, line: number): Complaint | undefined {
    const place = `${section.label} ${option.key}`;
    const first = this.#first.get(place);
    this.#first.set(place, first ?? { key, line });
    if (first === undefined) return undefined;
    if (first.key === key) {
      return complaint("duplicate-key", `lines ${first.line} and ${line} both set it`, "keep one of the two lines");
    }
    const remedy = `join the values on line ${first.line}, and remove this line`;
    return complaint("duplicate-key", `${key} is another name for ${first.key}, which line ${first.line} sets`, remedy);
  }

  /** The key of `key = value`, remembered as named. */
  #keyOf(text: string): string | undefined {
    const equals = text.indexOf("=");
    const key = equals < 1 ? undefined : trimBlanks(text.slice(0, equals));
    const ofService = typeof this.#section === "object" && this.#section.service !== undefined;
    if (key !== undefined && !ofService) this.named.add(key);
    return key !== undefined && printableKey(key) !== key && textFault(key) ? undefined : key;
  }
}

/** Not String.trim, which also takes away characters that nobody can see and that were a problem already. */
function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");
}
