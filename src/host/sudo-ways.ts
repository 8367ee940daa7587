// Through which PAM services sudo asks, and for whose password: for everybody, or for one user. Pure: what sudo and cvtsudoers told
// is read in sudo.ts. Judges nothing.

import type { SudoSettings } from "./sudo.ts";
import { appliesTo, type SudoUser } from "./sudo-match.ts";
import { type SudoDefault, scopeText } from "./sudoers.ts";

/** The options that name a PAM service, each with how sudo has to be called for it. */
export const SERVICE_OPTIONS = [
  ["pam_service", "sudo"],
  ["pam_login_service", "sudo -i"],
  ["pam_askpass_service", "sudo -A"],
] as const;
export type ServiceOption = (typeof SERVICE_OPTIONS)[number][0];

/** Whose password, and so whose second factor: sudo's own order, the first that is set decides. */
export const PASSWORD_OPTIONS = ["rootpw", "runaspw", "targetpw"] as const;
export type WhosePassword = (typeof PASSWORD_OPTIONS)[number];

/** A PAM service that some sudo on this machine uses. */
export interface SudoService {
  readonly service: string;
  /** `sudo`, `sudo -i`, `sudo -A`. */
  readonly command: string;
  /** The line of sudoers that names it; undefined: what holds without one. */
  readonly from: SudoDefault | undefined;
}

/** Every service that a rule names, and what holds without rules; each service and rule once. */
export function sudoServices(settings: SudoSettings): readonly SudoService[] {
  return SERVICE_OPTIONS.flatMap(([option, command]) => {
    const general = generalService(settings, option);
    const named = (settings.rules?.defaults ?? []).filter(
      (one) => one.option === option && typeof one.value === "string",
    );
    const own = named.map((from) => ({ service: String(from.value), command, from }));
    return general === undefined || own.some(({ service, from }) => service === general && from.scope === "everybody")
      ? own
      : [{ service: general, command, from: undefined }, ...own];
  });
}

/** What holds where no rule for somebody says otherwise. */
function generalService(settings: SudoSettings, option: ServiceOption): string | undefined {
  const last = settings.rules?.defaults.filter((one) => one.option === option && one.scope === "everybody").at(-1);
  return typeof last?.value === "string" ? last.value : builtIn(settings, option);
}

/** sudo -V speaks for root: where rules can be read, what a rule for root alone sets is not taken for everybody's. */
function builtIn(settings: SudoSettings, option: ServiceOption): string | undefined {
  const unruled = settings.rules === undefined;
  switch (option) {
    case "pam_service":
      return unruled ? settings.pamService : "sudo";
    case "pam_login_service":
      return unruled ? settings.pamLoginService : settings.builtInLoginService;
    default:
      return unruled ? settings.pamAskpassService : undefined;
  }
}

/** What an option is for one user; `sometimes` are rules for hosts, commands and targets that may change it. */
export interface SudoValue {
  readonly value: string | boolean | undefined;
  readonly from: SudoDefault | undefined;
  readonly sometimes: readonly SudoDefault[];
}

/** The PAM service of one user's sudo. */
export function serviceFor(settings: SudoSettings, option: ServiceOption, user: SudoUser): SudoValue {
  return valueFor(settings, option, user, builtIn(settings, option));
}

/** In the order of the files, the last that matches; rules for commands come after all others (sudoers(5)). */
export function valueFor(settings: SudoSettings, option: string, user: SudoUser, unset?: string): SudoValue {
  const own = (settings.rules?.defaults ?? []).filter((one) => one.option === option);
  const byCommand = (one: SudoDefault) => one.scope === "command";
  const ordered = [...own.filter((one) => !byCommand(one)), ...own.filter(byCommand)];
  let found: SudoValue = { value: unset, from: undefined, sometimes: [] };
  for (const one of ordered) {
    const matched = appliesTo(one, user, settings.target);
    if (matched === "yes") found = { value: optionValue(one, unset), from: one, sometimes: [] };
    if (matched === "perhaps") found = { ...found, sometimes: [...found.sometimes, one] };
  }
  return found;
}

function optionValue({ value }: SudoDefault, unset: string | undefined): string | boolean | undefined {
  if (value === false) return unset;
  return typeof value === "number" ? String(value) : value;
}

/** `sudo -i for alice`. */
export function whereText({ command, from }: SudoService): string {
  return from === undefined || from.scope === "everybody" ? command : `${command} ${scopeText(from)}`;
}
