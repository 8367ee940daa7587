// Label values that come from outside, bounded: whoever can name a service or answer in Duo's place must not be able to make
// series without end. Used by metrics.ts.

/** Services that PAM has on common systems. A [service:NAME] of the configuration is added to them. */
const SERVICES: readonly string[] = [
  "sshd",
  "sudo",
  "sudo-i",
  "su",
  "su-l",
  "login",
  "login_duogate",
  "gdm-password",
  "lightdm",
  "sddm",
  "xrdp-sesman",
  "polkit-1",
  "cockpit",
  "cron",
  "vsftpd",
  "openvpn",
];
const CONFIGURED_MAX = 32;

/** Duo's words for an attempt that did not succeed. */
const STATUSES: ReadonlySet<string> = new Set(["deny", "fraud", "timeout", "locked_out", "sent", "waiting"]);

export const OTHER = "other";

/** The PAM services that have a label value of their own; all others share one. */
export class ServiceNames {
  readonly #known = new Set(SERVICES);

  /** Names of the configuration in force. Those of earlier ones stay, up to a limit. */
  add(services: Iterable<string>): void {
    for (const service of services) if (this.#known.size < SERVICES.length + CONFIGURED_MAX) this.#known.add(service);
  }

  of(service: string): string {
    return this.#known.has(service) ? service : OTHER;
  }
}

/** `none`: no factor was sent, or Duo had not said anything when it failed. */
export function statusWord(status: string | undefined): string {
  if (status === undefined) return "none";
  return STATUSES.has(status) ? status : OTHER;
}
