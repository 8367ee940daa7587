// The module's own file, and the mandatory access control of this machine, in words. Pure. Called by doctor.

import type { AccessControl } from "../../host/access-control.ts";
import { danger, type Finding, note, ok, warning } from "./finding.ts";

export type ModuleFile =
  | { readonly kind: "no-folder" }
  | { readonly kind: "missing"; readonly path: string; readonly used: boolean }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly uid: number;
      readonly mode: number;
      /** An ELF object for this machine's processor. */
      readonly loadable: boolean;
    };

export function moduleFindings(file: ModuleFile): readonly Finding[] {
  const area = "module";
  if (file.kind === "no-folder")
    return [
      note(
        area,
        "module-unseen",
        "the folder of PAM's modules was not found",
        "install libpam, or look for pam_permit.so",
      ),
    ];
  const { path } = file;
  if (file.kind === "missing") {
    const seen = `there is no ${path}`;
    return file.used
      ? [
          danger(
            area,
            "module-missing",
            `${seen}, and PAM lines name it: nobody gets in through them`,
            "apt-get install --reinstall duogate",
          ),
        ]
      : [warning(area, "module-missing", seen, "install the module")];
  }
  const findings: Finding[] = [];
  if (file.uid !== 0)
    findings.push(
      danger(
        area,
        "module-owner",
        `${path} belongs to uid ${file.uid}, who can run code as root in every login`,
        `chown root:root ${path}`,
      ),
    );
  if ((file.mode & 0o022) !== 0)
    findings.push(danger(area, "module-mode", `${path} can be written by others`, `chmod 0644 ${path}`));
  if (!file.loadable)
    findings.push(
      danger(
        area,
        "module-broken",
        `${path} is no module for this machine's processor: libpam cannot load it`,
        "install the package for this architecture again",
      ),
    );
  return findings.length > 0 ? findings : [ok(area, "module-file", path)];
}

const CONFINED = /(^|\/)(sshd|duogated|login_duogate|sudo|su|login)(\b|$)/;

export function accessFindings({ selinux, apparmor }: AccessControl): readonly Finding[] {
  const findings: Finding[] = [];
  if (selinux === "enforcing") {
    const seen = "SELinux is enforcing: sshd may connect to the daemon's socket only if the policy says so";
    findings.push(
      note(
        "selinux",
        "selinux-enforcing",
        seen,
        "after a refused login: ausearch -m avc -ts recent | grep duogate; see OPERATIONS.md",
      ),
    );
  } else if (selinux === "permissive")
    findings.push(note("selinux", "selinux-permissive", "SELinux is permissive: it reports and forbids nothing"));
  if (apparmor === "unreadable")
    findings.push(
      note("apparmor", "apparmor-unseen", "the profiles of AppArmor are for root to read", "run this as root"),
    );
  else {
    const confined = (apparmor ?? []).filter(({ profile, mode }) => mode === "enforce" && CONFINED.test(profile));
    for (const { profile } of confined) {
      const seen = `AppArmor confines ${profile}: it must be allowed the daemon's sockets in /run/duogate`;
      findings.push(
        note("apparmor", "apparmor-enforcing", seen, "after a refused login: journalctl -k | grep -i apparmor"),
      );
    }
  }
  return findings;
}
