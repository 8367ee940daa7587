// What one file of Duo Unix means in duogate.conf: each setting as it was meant, with a finding wherever that is not what Duo
// Unix made of it. Pure. Called by cli/import; render.ts writes the result.

import { patternFault } from "../group-patterns.ts";
import { findOption } from "../options.ts";
import { commentIn } from "./comments.ts";
import type { Finding, Translation } from "./finding.ts";
import { type DuoUnixSetting, readDuoUnix } from "./grammar.ts";
import { ADDING, OTHER_NAMES, READERS } from "./readers.ts";
import { readPrompts } from "./values.ts";

/** Whose file it is: the two know different options. */
export type DuoUnixProgram = "pam_duo" | "login_duo";

export function translate(text: string, program: DuoUnixProgram): Translation {
  const translator = new Translator(program);
  for (const event of readDuoUnix(text)) {
    if (event.kind === "setting") translator.take(event);
    else if (event.kind === "split") {
      translator.say(
        event.line,
        undefined,
        "the line is longer than 199 bytes, and Duo Unix reads what is behind them as another line",
      );
    } else translator.stop(event.line, FAULTS[event.reason]);
  }
  return translator.end();
}

const FAULTS = {
  "no-equals": "the line is no key = value",
  "open-section": "the section has no closing ]",
  "byte-order-mark": "the file begins with a byte order mark",
} as const;

class Translator {
  readonly #program: DuoUnixProgram;
  readonly #values = new Map<string, string>();
  readonly #findings: Finding[] = [];
  readonly #groups: string[] = [];
  #groupsFaulty = false;
  #prompts = 3;
  /** As Duo Unix had it when it stopped. */
  #failmode = "safe";
  #stopped = false;

  constructor(program: DuoUnixProgram) {
    this.#program = program;
  }

  say(line: number | undefined, key: string | undefined, text: string): void {
    this.#findings.push({ line, key, text });
  }

  /** Duo Unix reads no further. */
  stop(line: number, why: string): void {
    if (this.#stopped) {
      this.say(line, undefined, why);
      return;
    }
    this.#stopped = true;
    const outcome =
      this.#failmode === "safe"
        ? "and, failmode being safe so far, let everyone in without a second factor"
        : "and refused every login";
    this.say(line, undefined, `${why}: Duo Unix stopped reading here, ${outcome}. duogate uses all lines`);
  }

  take(read: DuoUnixSetting): void {
    const setting = this.#withoutComment(this.#asMeant(read));
    if (setting === undefined) return;
    const { line, key, value } = setting;
    const name = OTHER_NAMES.get(key) ?? key;
    if (name === "groups") this.#takeGroups(setting);
    else if (name === "prompts") this.#takePrompts(line, value);
    else this.#takeOne(line, key, name, value);
  }

  end(): Translation {
    this.#endOfKeys();
    if (!this.#values.has("failmode")) {
      this.#values.set("failmode", "safe");
      this.say(
        undefined,
        "failmode",
        "Duo Unix's default, written down. Choose secure unless a password alone is enough while Duo cannot be reached",
      );
    }
    if (this.#values.get("failmode") === "safe") {
      this.say(
        undefined,
        "failmode",
        "safe now means an outage alone: wrong keys, a wrong clock and a broken file refuse, where Duo Unix let everyone in",
      );
    }
    return { values: this.#values, findings: this.#findings };
  }

  #takeOne(line: number, key: string, name: string, value: string): void {
    const read = READERS[key];
    if (read === undefined || !Object.hasOwn(READERS, key) || (key === "motd" && this.#program === "pam_duo")) {
      this.stop(line, unknownWords(key));
      return;
    }
    const { value: written, says, stops } = read(value);
    if (stops === true) this.stop(line, says ?? "");
    else if (says !== undefined) this.say(line, name, says);
    if (key === "failmode" && !this.#stopped) this.#failmode = value;
    if (written === undefined) return;
    const before = this.#values.get(name);
    if (before !== undefined && before !== written) {
      this.say(line, name, "set a second time: the last one counts");
    }
    this.#values.set(name, written);
  }

  #takeGroups({ line, value, continued }: DuoUnixSetting): void {
    const tokens = value.match(/(\\ |[^ ])+/g) ?? [];
    // A comment behind ` ;` ends the value, but not on a continuation line: there Duo Unix took its words for groups.
    const comment = continued ? tokens.findIndex((token) => token.startsWith(";")) : -1;
    if (comment !== -1)
      this.say(line, "groups", "Duo Unix took the comment on this line for names of groups. Left out");
    const meant = comment === -1 ? tokens : tokens.slice(0, comment);
    this.#groups.push(...meant);
    for (const token of meant) this.#checkGroups(line, token);
  }

  /** SECURITY: without such a list somebody would be let in who should not be, and with it everybody is. */
  #checkGroups(line: number, token: string): void {
    const fault = patternFault(token.replaceAll("\\ ", " "));
    if (fault === undefined) return;
    this.#groupsFaulty = true;
    this.say(
      line,
      "groups",
      `${fault.message}. Duo Unix let in whoever no other list matched. Left out with the other lists, so that everyone has to pass: ${fault.remedy}`,
    );
  }

  #takePrompts(line: number, value: string): void {
    const { value: written, says } = readPrompts(value, this.#prompts);
    if (says !== undefined) this.say(line, "prompts", says);
    this.#prompts = Number(written);
    this.#values.set("prompts", written);
  }

  /** A setting that somebody indented: Duo Unix takes the line, key and all, for more of the setting above it. */
  #asMeant(setting: DuoUnixSetting): DuoUnixSetting {
    const { line, key, value, continued } = setting;
    if (!continued) return setting;
    const [, own = "", rest = ""] = /^([a-z_]+)\s*=\s*(.*)$/.exec(value) ?? [];
    if (Object.hasOwn(READERS, own) || ADDING.has(own)) {
      const text = `the line begins with a blank, so that Duo Unix takes all of it for ${key}. Here it counts for itself`;
      this.say(line, undefined, text);
      return { ...setting, key: own, value: rest.replace(/\s;.*$/, ""), continued: false };
    }
    if (!ADDING.has(key)) {
      this.say(line, OTHER_NAMES.get(key) ?? key, "the line begins with a blank, so that it sets this once more");
    }
    return setting;
  }

  /** Undefined where nothing but a comment is left. */
  #withoutComment(setting: DuoUnixSetting): DuoUnixSetting | undefined {
    const { line, key, value, continued } = setting;
    // ` ;` in a continuation line of groups: #takeGroups.
    const comment = Object.hasOwn(READERS, key) || ADDING.has(key) ? commentIn(key, value) : undefined;
    if (comment === undefined) return setting;
    const { meant, effect, stops } = comment;
    const whole =
      continued && meant === "" ? "the comment begins with a blank, so that Duo Unix adds it to the line above; " : "";
    const name = OTHER_NAMES.get(key) ?? key;
    if (stops) this.stop(line, `${whole}${effect}`);
    else this.say(line, name, `${whole}${effect}. Here it is a comment, and left out`);
    // It was off there, whatever it says, and cannot be on here.
    if (meant === "" || key === "noverify") return undefined;
    return { ...setting, value: meant };
  }

  /** What can be said only when the whole file was read. */
  #endOfKeys(): void {
    if (this.#groups.length > 255) this.stop(1, "there are more than 255 groups");
    if (this.#groups.length > 0 && !this.#groupsFaulty) this.#values.set("groups", this.#groups.join(" "));
    if (this.#values.get("accept_env_factor") === "yes" && this.#program === "pam_duo") {
      this.#values.delete("accept_env_factor");
      this.say(undefined, undefined, "accept_env_factor: pam_duo reads it and never uses it. Left out");
    }
    for (const key of [...this.#values.keys()]) {
      if (findOption("duo", key) !== undefined) continue;
      this.#values.delete(key);
      this.say(undefined, undefined, `${key}: this release of duogate does not have it. Left out`);
    }
    if (this.#values.get("autopush") === "yes" && this.#findings.some(({ key }) => key === "verified_push")) {
      this.say(
        undefined,
        "autopush",
        "with verified_push Duo Unix refuses its file; here the code is shown first, then the push goes out",
      );
    }
  }
}

/** A key that is none: it may be a secret that lost its own. */
function unknownWords(key: string): string {
  const shown = /^[A-Za-z][A-Za-z_-]{0,23}$/.test(key) ? `"${key}"` : "the key";
  return `Duo Unix does not know ${shown}; it is left out`;
}
