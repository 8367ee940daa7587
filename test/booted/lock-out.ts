// The states that a package can be in, as rows: how a machine comes into each, and what its doors must do then. Two test
// files walk them, one for each way to enable the module. No test stands here.

import type { Machine } from "../support/booted-machine.ts";
import { configure, nextVersion, PACKAGE_UNITS } from "../support/booted-package.ts";
import type { Stage } from "./stage.ts";

/**
 * open: as if duogate were not there. asked: the password and a second factor. shut: nobody. The console of root is one
 * of these doors where common-auth names the module; elsewhere it is open in every state.
 */
export type Doors = "open" | "asked" | "shut";

/** readme: the README's line in the files of sshd and sudo. common: pam-auth-update. */
export type Enabled = "readme" | "common";

export interface State {
  readonly name: string;
  /** What the machine starts with: the package only, or configured and enabled. */
  readonly from: "installed" | "enabled";
  /** Brings the machine there. A power failure afterwards when it ends with "rebooted". */
  make(stage: Stage, packageFile: string, enable: (machine: Machine) => Promise<void>): Promise<void>;
  readonly reboot?: true;
  readonly doors: Readonly<Record<Enabled, Doors>>;
}

const all = (doors: Doors) => ({ readme: doors, common: doors });
const nothing = async () => undefined;
const script =
  (text: string) =>
  async ({ machine }: Stage) =>
    void (await machine.sh(text));
/** Fills a file system to its last byte. */
const fill = (folder: string) =>
  `dd if=/dev/zero of=${folder}/filler bs=1M 2>/dev/null; dd if=/dev/zero bs=1 of=${folder}/last 2>/dev/null; true`;
const BREAK = "sed -i 's/^failmode = .*/failmode = perhaps/' /etc/duogate/duogate.conf";
const TAKE_LINES_OUT = "sed -i '/pam_duogate/d' /etc/pam.d/sshd /etc/pam.d/sudo";

const unpack = async ({ machine }: Stage, packageFile: string) => {
  await machine.sh(`dpkg --unpack ${await nextVersion(machine, packageFile)}`);
};

export const STATES: readonly State[] = [
  { name: "installed", from: "installed", make: nothing, doors: all("open") },
  {
    name: "enabled before it was configured",
    from: "installed",
    make: async ({ machine }, _file, enable) => enable(machine),
    doors: all("shut"),
  },
  { name: "configured", from: "enabled", make: nothing, doors: all("asked") },
  { name: "half upgraded", from: "enabled", make: unpack, doors: all("asked") },
  { name: "half upgraded, power failure", from: "enabled", make: unpack, reboot: true, doors: all("asked") },
  {
    name: "removal with lines of one's own",
    from: "enabled",
    // Where the line is the administrator's the package refuses to go, and nothing changes.
    make: script("! grep -q pam_duogate /etc/pam.d/sshd || ! apt-get remove --yes duogate"),
    doors: all("asked"),
  },
  {
    name: "removed",
    from: "enabled",
    make: script(`${TAKE_LINES_OUT}; apt-get remove --yes duogate`),
    doors: all("open"),
  },
  {
    name: "purged",
    from: "enabled",
    make: script(`${TAKE_LINES_OUT}; apt-get purge --yes duogate`),
    doors: all("open"),
  },
  {
    name: "purged, power failure",
    from: "enabled",
    make: script(`${TAKE_LINES_OUT}; apt-get purge --yes duogate`),
    reboot: true,
    doors: all("open"),
  },
  {
    name: "the module's file is gone",
    from: "enabled",
    make: script("rm /usr/lib/*/security/pam_duogate.so"),
    doors: all("shut"),
  },
  { name: "daemon stopped", from: "enabled", make: script("systemctl stop duogated.service"), doors: all("asked") },
  {
    name: "daemon and sockets stopped",
    from: "enabled",
    make: script(`systemctl stop ${PACKAGE_UNITS.join(" ")}`),
    doors: all("shut"),
  },
  {
    name: "disabled, rebooted",
    from: "enabled",
    make: script(`systemctl disable ${PACKAGE_UNITS.join(" ")}`),
    reboot: true,
    doors: all("shut"),
  },
  {
    name: "masked, rebooted",
    from: "enabled",
    make: script(`systemctl mask ${PACKAGE_UNITS.join(" ")}`),
    reboot: true,
    doors: all("shut"),
  },
  {
    name: "configuration broken and reloaded",
    from: "enabled",
    make: script(`${BREAK}; ! systemctl reload duogated.service`),
    doors: all("asked"),
  },
  {
    name: "configuration broken and restarted",
    from: "enabled",
    make: script(`${BREAK}; ! systemctl restart duogated.service`),
    doors: all("shut"),
  },
  { name: "disk full", from: "enabled", make: script(fill("")), doors: all("asked") },
  {
    name: "disk and /run full, daemon restarted",
    from: "enabled",
    // The daemon's copy of the configuration takes the room of the copy before.
    make: script(`${fill("")}; ${fill("/run")}; systemctl restart duogated.service`),
    doors: all("asked"),
  },
  { name: "Duo away, failmode = safe", from: "enabled", make: duoAway("safe"), doors: all("open") },
  { name: "Duo away, failmode = secure", from: "enabled", make: duoAway("secure"), doors: all("shut") },
];

function duoAway(failmode: "safe" | "secure"): State["make"] {
  return async ({ machine, duo }) => {
    configure(machine, { duo, failmode });
    await machine.sh("systemctl restart duogated.service");
    duo.fault("connect", { kind: "refuse" });
  };
}
