// The ways of sudo that sudoers opens for some or for all: other PAM services, other people's passwords, nobody asked at all. Each
// PAM service is a way to root of its own. Pure.

import type { SudoSettings } from "../../host/sudo.ts";
import {
  PASSWORD_OPTIONS,
  type SudoService,
  sudoServices,
  type WhosePassword,
  whereText,
} from "../../host/sudo-ways.ts";
import { defaultText, type SudoDefault, scopeText } from "../../host/sudoers.ts";
import { danger, type Finding, note, warning } from "./finding.ts";

const AREA = "sudo";

export interface SudoPam {
  /** Whether the PAM service asks Duo, as libpam would put it together; `other` stands in for one without a file. */
  readonly asks: (service: string) => boolean;
  readonly hasFile: (service: string) => boolean;
}

/** The services that root can be had through without Duo. */
export function openServices(settings: SudoSettings, { asks }: SudoPam): readonly SudoService[] {
  return sudoServices(settings).filter(({ service }) => !asks(service));
}

export function serviceFindings(settings: SudoSettings, pam: SudoPam): readonly Finding[] {
  return openServices(settings, pam).map((open) => {
    const file = pam.hasFile(open.service)
      ? "which does not ask Duo"
      : "which has no file: libpam's `other` decides, and does not ask Duo";
    const line = open.from === undefined ? "" : ` (${defaultText(open.from)})`;
    const seen = `${whereText(open)} asks through the PAM service ${open.service}${line}, ${file}`;
    const subject = `${whereText(open)}: ${open.service}`;
    return { ...danger(AREA, "sudo-other-service", seen, serviceRemedy(open, pam)), subject };
  });
}

/** A line for a person who has to close the way. */
export function serviceRemedy({ service, from }: SudoService, { hasFile }: SudoPam): string {
  if (hasFile(service)) return `duogate enable ${service}`;
  return from === undefined
    ? `write /etc/pam.d/${service} with the lines of /etc/pam.d/sudo`
    : `write /etc/pam.d/${service} with the lines of /etc/pam.d/sudo, or take ${from.option} out with visudo`;
}

const WHOSE: Readonly<Record<WhosePassword, (target: string) => string>> = {
  rootpw: () => "root's password and root's second factor",
  runaspw: (target) => `${target}'s password and second factor (runas_default)`,
  targetpw: () => "the password and the second factor of the user who is to be become (sudo -u; root without it)",
};

export function passwordFindings({ rules, target }: SudoSettings): readonly Finding[] {
  return PASSWORD_OPTIONS.flatMap((option) =>
    setting(rules?.defaults, option).map((one) => {
      const seen = `${scopeText(one)} sudo asks for ${WHOSE[option](target)}, not the caller's own (${defaultText(one)})`;
      const remedy = `take ${option} out with visudo, or write subject = caller in [service:sudo]: then the caller's phone is asked`;
      return { ...warning(AREA, "sudo-asks-another", seen, remedy), subject: defaultText(one) };
    }),
  );
}

/** Defaults for some; for everybody it is told by sudo-findings.ts. */
export function unaskedFindings({ rules }: SudoSettings): readonly Finding[] {
  const some = (rules?.defaults ?? []).filter(
    (one) => one.option === "authenticate" && one.value === false && one.scope !== "everybody",
  );
  const exempt = (rules?.defaults ?? []).filter(
    (one) => one.option === "exempt_group" && typeof one.value === "string",
  );
  return [
    ...some.map((one) => {
      const seen = `${scopeText(one)} sudo asks neither for the password nor Duo (${defaultText(one)})`;
      return {
        ...warning(AREA, "sudo-unasked", seen, "remove !authenticate with visudo, or keep it to accounts of machines"),
        subject: defaultText(one),
      };
    }),
    ...exempt.map((one) => {
      const seen = `members of the group ${one.value} are asked neither for the password nor Duo (${defaultText(one)})`;
      return { ...warning(AREA, "sudo-unasked", seen, "remove exempt_group with visudo"), subject: defaultText(one) };
    }),
  ];
}

/** What of sudoers was not looked into, or is not in order. */
export function sourceFindings({ mistakes, elsewhere }: SudoSettings): readonly Finding[] {
  const broken = (mistakes === undefined ? [] : [mistakes]).map((words) => {
    const seen = `sudoers is not in order: sudo leaves lines out, or refuses everybody. visudo says: ${words}`;
    return danger(
      AREA,
      "sudoers-broken",
      seen,
      "correct it with visudo, with a root shell open; visudo -c shows what is left",
    );
  });
  const unseen = elsewhere.map((source) => {
    const seen = `rules for sudo come from ${source} too (nsswitch.conf), and were not looked into: a rule there can name another PAM service, or NOPASSWD`;
    return note(AREA, "sudo-rules-elsewhere", seen, "as root, for each user who matters: sudo -l -U NAME");
  });
  return [...broken, ...unseen];
}

function setting(defaults: readonly SudoDefault[] | undefined, option: string): readonly SudoDefault[] {
  return (defaults ?? []).filter((one) => one.option === option && one.value === true);
}
