// sudo's settings next to what duogate needs of them: does it ask PAM, how long does it remember, who need not answer. Pure.
// Which PAM services it asks through is judged in sudo-service-findings.ts.

import type { SudoSettings } from "../../host/sudo.ts";
import { defaultText, type SudoRules, scopeText } from "../../host/sudoers.ts";
import { danger, type Finding, note, ok, warning } from "./finding.ts";
import {
  passwordFindings,
  type SudoPam,
  serviceFindings,
  sourceFindings,
  unaskedFindings,
} from "./sudo-service-findings.ts";

const AREA = "sudo";
const TIMEOUT_USUAL = 15;
const RULES_SHOWN = 5;

export function sudoFindings(settings: SudoSettings, pam: SudoPam): readonly Finding[] {
  const found = [
    ...sourceFindings(settings),
    ...asksFindings(settings),
    ...serviceFindings(settings, pam),
    ...passwordFindings(settings),
    ...unaskedFindings(settings),
    ...timeFindings(settings),
    ...ruleFindings(settings.rules),
  ];
  return found.length > 0 ? found : [ok(AREA, "sudo-asks", "sudo asks PAM each time")];
}

function asksFindings({ usesPam, authenticates }: SudoSettings): readonly Finding[] {
  const findings: Finding[] = [];
  if (!usesPam) {
    const seen = "this sudo was built without PAM: Duo is never asked";
    findings.push(danger(AREA, "sudo-no-pam", seen, "install the distribution's sudo"));
  }
  if (!authenticates) {
    const seen = "sudoers has Defaults !authenticate: nobody is asked for anything";
    findings.push(danger(AREA, "sudo-no-authentication", seen, "remove !authenticate with visudo"));
  }
  return findings;
}

function timeFindings({ timestampMinutes: minutes, timestampType: type, rules }: SudoSettings): readonly Finding[] {
  const findings: Finding[] = [];
  const remedy = "write with visudo: Defaults timestamp_timeout=0";
  if (minutes < 0) {
    const seen = "timestamp_timeout is negative: after one success sudo asks nobody again until the next boot";
    findings.push({ ...warning(AREA, "sudo-remembers", seen, remedy), subject: `timestamp_timeout=${minutes}` });
  } else if (minutes > TIMEOUT_USUAL) {
    const seen = `for ${minutes} minutes after a success neither the password nor Duo is asked again`;
    findings.push({ ...warning(AREA, "sudo-remembers", seen, remedy), subject: `timestamp_timeout=${minutes}` });
  } else if (minutes > 0) {
    const seen = `for ${minutes} minutes after a success neither the password nor Duo is asked again (timestamp_timeout)`;
    findings.push(note(AREA, "sudo-remembers", seen, `if Duo should be asked each time, ${remedy}`));
  }
  if (type === "global" && minutes !== 0) {
    const seen = "timestamp_type is global: one success counts in every session of the user, an intruder's too";
    findings.push(warning(AREA, "sudo-remembers-everywhere", seen, "write with visudo: Defaults timestamp_type=tty"));
  }
  const own = (rules?.defaults ?? []).filter((one) => one.option === "timestamp_timeout" && one.scope !== "everybody");
  for (const one of own.filter(({ value }) => Number(value) < 0 || Number(value) > TIMEOUT_USUAL)) {
    const seen = `timestamp_timeout is ${one.value} minutes ${scopeText(one)}`;
    const subject = defaultText(one);
    findings.push({ ...warning(AREA, "sudo-remembers", seen, "make it 15 or less with visudo"), subject });
  }
  return findings;
}

function ruleFindings(rules: SudoRules | undefined): readonly Finding[] {
  if (rules === undefined)
    return [
      note(
        AREA,
        "sudo-rules-unseen",
        "the rules could not be read (cvtsudoers), so NOPASSWD and other PAM services were not looked for",
        "look for them: grep -rE 'NOPASSWD|authenticate|pam_.*service' /etc/sudoers /etc/sudoers.d",
      ),
    ];
  const all = rules.withoutPassword.filter(({ commands }) => commands.split(", ").some(givesAll));
  const some = rules.withoutPassword.filter((rule) => !all.includes(rule));
  const findings: Finding[] = [];
  if (all.length > 0) {
    const seen = `${shown(all.map(({ who }) => who))} may run everything, or what runs anything, with NOPASSWD: neither the password nor Duo is asked`;
    const subject = all.map(({ who }) => who).join("; ");
    findings.push({
      ...warning(
        AREA,
        "sudo-nopasswd",
        seen,
        "remove NOPASSWD with visudo, or keep it to accounts of machines with few commands",
      ),
      subject,
    });
  }
  if (some.length > 0) {
    const seen = `${shown(some.map(({ who, commands }) => `${who} (${commands})`))} run without password and Duo: NOPASSWD`;
    findings.push(note(AREA, "sudo-nopasswd-some", seen, "remove NOPASSWD with visudo where Duo should be asked"));
  }
  return findings;
}

/** Programs that run what they are told to, without a look at their arguments. */
const RUNS_ANYTHING =
  /^(?:(?:ba|da|a|k|mk|z|c|tc|fi)?sh|su|sudo|doas|runuser|setpriv|env|nice|xargs|find|watch|script|screen|tmux|(?:g|m|n)?awk|perl|python[\d.]*|ruby|lua|node|vi|vim|view|nvim|emacs|nano|pico|ed|less|more|man|chroot|nsenter|unshare|busybox|visudo)$/;

/** ALL, a folder, a wildcard or a regular expression for the program, or one of those. */
function givesAll(command: string): boolean {
  if (command.startsWith("!")) return false;
  const [program = ""] = command.split(" ");
  const name = program.slice(program.lastIndexOf("/") + 1);
  return program === "ALL" || /^\^|[*?[]|\/$/.test(program) || RUNS_ANYTHING.test(name);
}

function shown(names: readonly string[]): string {
  const more = names.length - RULES_SHOWN;
  return `${names.slice(0, RULES_SHOWN).join("; ")}${more > 0 ? ` and ${more} more` : ""}`;
}
