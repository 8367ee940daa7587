// What sudo makes of `duogate explain USER@sudo` before PAM is asked: through which PAM service, for whose second factor, or for
// nobody's. What holds for this user is worked out in host/sudo-ways.ts. Pure but for the user database.

import { displayLine } from "../../core/display-text.ts";
import type { SudoSettings } from "../../host/sudo.ts";
import { matches, type SudoMachine, type SudoUser } from "../../host/sudo-match.ts";
import { PASSWORD_OPTIONS, type SudoValue, serviceFor, valueFor, type WhosePassword } from "../../host/sudo-ways.ts";
import { defaultText, scopeText } from "../../host/sudoers.ts";
import type { Directory } from "../../login/ports.ts";
import type { Step } from "./explanation.ts";

export interface SudoPart {
  readonly steps: readonly Step[];
  /** The PAM service that sudo uses for this user. */
  readonly service: string;
  /** PAM_USER: whose password and second factor are asked for. */
  readonly user: string;
  /** False: sudo asks this user for nothing. */
  readonly asks: boolean;
}

export interface SudoQuestion {
  readonly user: string;
  /** `sudo -i`, as the service sudo-i stands for it. */
  readonly login: boolean;
  readonly settings: SudoSettings;
  readonly directory: Directory;
  readonly machine: SudoMachine;
  /** Whether a PAM service asks duogate. */
  readonly asks: (service: string) => boolean;
}

/** Undefined where this machine knows no such user: the rest says so. */
export async function sudoStep(question: SudoQuestion): Promise<SudoPart | undefined> {
  const { settings, login, asks } = question;
  const user = await sudoUser(question);
  if (user === undefined) return undefined;
  const plain = serviceFor(settings, "pam_service", user);
  const shell = serviceFor(settings, "pam_login_service", user);
  const askpass = serviceFor(settings, "pam_askpass_service", user);
  const own = login ? shell : plain;
  const service = String(own.value ?? "sudo");
  const whose = PASSWORD_OPTIONS.find((option) => valueFor(settings, option, user).value === true);
  const free = unasked(settings, user);
  const other = [
    ...sometimes(own, asks),
    ...(login ? [] : otherCommand("sudo -i", shell, asks)),
    ...otherCommand("sudo -A", askpass, asks),
  ];
  return {
    service,
    user: pamUser(whose, user.name, settings),
    asks: free.all === undefined,
    steps: [
      step(`${login ? "sudo -i" : "sudo"} asks through the PAM service ${service}${because(own)}`),
      ...other.map(step),
      ...(whose === undefined ? [] : [step(whoseText(whose, valueFor(settings, whose, user), settings))]),
      ...PASSWORD_OPTIONS.flatMap((option) => valueFor(settings, option, user).sometimes).map((one) =>
        step(`${scopeText(one)} another user's factor is asked for (${defaultText(one)})`),
      ),
      ...(free.all === undefined ? [] : [step(free.all)]),
      ...free.some.map(step),
      ...unseen(settings).map(step),
    ],
  };
}

function step(text: string): Step {
  return { rule: "sudo", text: displayLine(text, 1024), from: [] };
}

async function sudoUser({ user, directory, machine }: SudoQuestion): Promise<SudoUser | undefined> {
  const found = await directory.lookupUser(user);
  if (!found.ok) return undefined;
  const groups = await directory.lookupGroups(user, found.value.gid);
  return { ...found.value, groups: groups.ok ? groups.value.map(({ name }) => name) : [], machine };
}

function because({ from }: SudoValue): string {
  return from === undefined ? "" : ` (${defaultText(from)})`;
}

function asksText(service: string, asks: (service: string) => boolean): string {
  return asks(service) ? service : `${service}, which does NOT ask duogate`;
}

function otherCommand(command: string, value: SudoValue, asks: (service: string) => boolean): readonly string[] {
  const own =
    value.value === undefined
      ? []
      : [`${command} asks through ${asksText(String(value.value), asks)}${because(value)}`];
  return [...own, ...sometimes(value, asks).map((text) => `${command}, ${text}`)];
}

function sometimes({ sometimes: rules }: SudoValue, asks: (service: string) => boolean): readonly string[] {
  return rules.map((one) => `${scopeText(one)} through ${asksText(String(one.value), asks)} (${defaultText(one)})`);
}

/** targetpw's is the target's: without -u that is runas_default's. */
function pamUser(whose: WhosePassword | undefined, caller: string, { target }: SudoSettings): string {
  if (whose === undefined) return caller;
  return whose === "rootpw" ? "root" : target;
}

function whoseText(whose: WhosePassword, { from }: SudoValue, { target }: SudoSettings): string {
  const line = from === undefined ? "" : ` (${defaultText(from)})`;
  const who = {
    rootpw: "root's password and factor",
    runaspw: `the password and factor of ${target} (runas_default)`,
    targetpw: `the target's password and factor: ${target}'s, and with -u NAME that user's`,
  };
  return `it asks for ${who[whose]}, not the caller's${line}`;
}

interface Unasked {
  readonly all: string | undefined;
  readonly some: readonly string[];
}

function unasked(settings: SudoSettings, user: SudoUser): Unasked {
  const authenticate = valueFor(settings, "authenticate", user);
  const exempt = valueFor(settings, "exempt_group", user);
  const rules = settings.rules?.withoutPassword ?? [];
  const free = rules.flatMap(({ members, commands }): readonly string[] => {
    const match = matches(members, user);
    const perhaps = match === "perhaps" ? "perhaps " : "";
    return match === "no" ? [] : [`${perhaps}nobody is asked for ${commands} (NOPASSWD)`];
  });
  const all =
    user.uid === 0
      ? "sudo asks root for nothing"
      : isOff(authenticate)
        ? `sudo asks this user for nothing${because(authenticate)}`
        : typeof exempt.value === "string" && user.groups.includes(exempt.value)
          ? `sudo asks this user for nothing: a member of ${exempt.value}${because(exempt)}`
          : undefined;
  const sometimesFree = authenticate.sometimes.filter(({ value }) => value === false);
  return {
    all,
    some: [...free, ...sometimesFree.map((one) => `nobody is asked ${scopeText(one)} (${defaultText(one)})`)],
  };
}

function isOff({ from }: SudoValue): boolean {
  return from?.value === false;
}

function unseen({ rules, elsewhere }: SudoSettings): readonly string[] {
  return [
    ...(rules === undefined ? ["the rules of sudoers could not be read: what holds for everybody is told"] : []),
    ...elsewhere.map((source) => `rules from ${source} were not looked into: sudo -l -U NAME, as root, shows them`),
  ];
}

/** Where sudo's settings are not ours to read. */
export function unseenSudo(user: string, service: string, code: string): SudoPart {
  const text = `sudo's own settings could not be read (${code}; run this as root): taken as if sudoers named no other PAM service and no other user's password`;
  return { steps: [step(text)], service, user, asks: true };
}
