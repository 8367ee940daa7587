// A PAM line that leads to login.sock, where the daemon answers about the account that the program runs as: right for a
// screen locker, and for nothing that logs in others. PAM does not say as which account a program runs, so that it is known
// here by the service's name alone. Pure; part of line-findings.ts.

import { join } from "node:path";
import { danger, type Finding, warning } from "./finding.ts";
import type { ModuleArguments } from "./module-arguments.ts";

/** They run as root, or setuid root, in every distribution. */
const OF_ROOT =
  /^(sshd|sudo|sudo-i|su|su-l|runuser|runuser-l|login|remote|polkit-1|cockpit|chfn|chsh|passwd|gdm(-.+)?|lightdm|sddm|xdm|lxdm|vsftpd|proftpd|ppp|cups|imap|pop3|dovecot)$/;
/** Programs whose users are others than the account that they run as. */
const OF_OTHERS: ReadonlyMap<string, string> = new Map([
  ["apache2", "Apache"],
  ["httpd", "Apache"],
  ["nginx", "nginx"],
  ["php", "PHP"],
  ["postgresql", "PostgreSQL"],
  ["radiusd", "FreeRADIUS"],
  ["squid", "Squid"],
  ["gitea", "Gitea"],
  ["forgejo", "Forgejo"],
]);
/** Programs of the user whose screen it is. */
const OF_THE_USER =
  /^(swaylock|i3lock|xscreensaver|xlock|waylock|hyprlock|gtklock|xsecurelock|kde(-.+)?|.+-screensaver)$/;

/** `args` are those of an auth line of `service`; `runtimeDir` has the daemon's sockets. */
export function loginSocketFindings(
  area: string,
  service: string,
  { socket }: ModuleArguments,
  runtimeDir: string,
): readonly Finding[] {
  const pamSocket = join(runtimeDir, "pam.sock");
  const program = OF_OTHERS.get(service);
  if (program !== undefined) {
    const seen = `${program} does not run as root, and logs in others: the daemon gives it no answer about another account, so that nobody gets in`;
    const instead = "take the line out; docs/OPERATIONS.md, Programs that are not root's, says what to use instead";
    return [danger(area, "pam-not-root", seen, instead)];
  }
  if (socket !== join(runtimeDir, "login.sock") || OF_THE_USER.test(service)) return [];
  const seen = "on login.sock the daemon answers only about the account that the program runs as";
  if (OF_ROOT.test(service)) {
    const refused = `the line uses login.sock, and ${service} runs as root: ${seen}, so that nobody but root gets in`;
    return [danger(area, "pam-login-socket", refused, `write socket=${pamSocket}`)];
  }
  const unsure = `the line uses login.sock: ${seen}`;
  return [
    warning(
      area,
      "pam-login-socket",
      unsure,
      `write socket=${pamSocket}, unless each user runs the program, as with a screen locker`,
    ),
  ];
}
