// The daemon's sockets: is each there, could anybody else have put it there, who listens, who may connect. In words. Pure.
// The rules are those by which the PAM module refuses a socket. Called by doctor.

import type { PathFault, PathTrust } from "../../host/path-trust.ts";
import type { Holder } from "../../host/unix-listeners.ts";
import { danger, type Finding, note, ok, warning } from "./finding.ts";

export type DoorName = "pam" | "login" | "control";

export type Listener =
  /** Every process that holds the listening socket; systemd's is one of them. */
  | { readonly kind: "held"; readonly holders: readonly Holder[] }
  | { readonly kind: "nobody" }
  /** Somebody listens; only root can see who. */
  | { readonly kind: "unseen" };

export interface DoorFacts {
  readonly door: DoorName;
  readonly path: string;
  readonly trust: PathTrust;
  /** Undefined where the path is at fault. */
  readonly listener: Listener | undefined;
}

export interface DaemonAccount {
  /** Undefined where there is no account duogate. */
  readonly uid: number | undefined;
}

const AREA = "sockets";
/** As systemd makes them: who may connect. */
const MODES: Readonly<Record<DoorName, number>> = { pam: 0o600, login: 0o666, control: 0o600 };
const RESTART = "systemctl restart duogated.socket duogated-login.socket duogated-control.socket";

export function socketFindings(doors: readonly DoorFacts[], account: DaemonAccount): readonly Finding[] {
  const all = doors.flatMap((door) => doorFindings(door, account));
  // A folder that is at fault is the same for all three.
  const found = all.filter(({ seen }, index) => all.findIndex((other) => other.seen === seen) === index);
  return found.length > 0
    ? found
    : [ok(AREA, "sockets", "the sockets are root's alone to replace, and the daemon listens")];
}

function doorFindings({ door, path, trust, listener }: DoorFacts, account: DaemonAccount): readonly Finding[] {
  if (trust.fault !== undefined) return [faultFinding(door, path, trust.fault)];
  const { mode, gid } = trust.socket;
  return [
    ...modeFindings(door, path, mode, gid),
    ...(listener === undefined ? [] : listenerFindings(door, path, listener, account)),
  ];
}

function faultFinding(door: DoorName, path: string, fault: PathFault): Finding {
  switch (fault.kind) {
    case "missing": {
      const seen = `there is no ${path}: the daemon does not run, or listens elsewhere`;
      return door === "pam"
        ? danger(AREA, "socket-missing", seen, "systemctl start duogated.socket")
        : note(AREA, "socket-missing", seen, "systemctl start duogated-login.socket duogated-control.socket");
    }
    case "unreadable":
      return note(AREA, "socket-unseen", `${fault.path} cannot be looked at (${fault.reason})`, "run this as root");
    case "owner":
      return danger(
        AREA,
        "socket-untrusted",
        `${fault.path} belongs to uid ${fault.uid}, who could answer in the daemon's place; the module refuses it`,
        `chown root:root ${fault.path}`,
      );
    case "writable":
      return danger(
        AREA,
        "socket-untrusted",
        `${fault.path} can be written by others (mode ${octal(fault.mode)}), who could answer in the daemon's place; the module refuses it`,
        `chmod go-w ${fault.path}`,
      );
    case "symbolic-link":
      return danger(
        AREA,
        "socket-untrusted",
        `${fault.path} is a symbolic link, which the module does not follow`,
        "write the real path into socket= and runtime_dir",
      );
    case "not-a-folder":
    case "not-a-socket":
      return danger(
        AREA,
        "socket-untrusted",
        `${fault.path} is not what it should be (${fault.kind})`,
        `remove it, then ${RESTART}`,
      );
  }
}

function modeFindings(door: DoorName, path: string, mode: number, gid: number): readonly Finding[] {
  const wanted = MODES[door];
  const extra = mode & 0o777 & ~wanted;
  if ((extra & 0o022) !== 0) {
    const who = (extra & 0o002) !== 0 ? "everybody" : `group ${gid}`;
    const seen = `${path} has mode ${octal(mode)}: ${who} may connect, and the daemon alone keeps them out`;
    return [warning(AREA, "socket-mode", seen, `chmod ${octal(wanted)} ${path}, and look at SocketMode= in its unit`)];
  }
  if ((mode & wanted) === wanted) return [];
  const seen = `${path} has mode ${octal(mode)}: not all who should can connect`;
  return [warning(AREA, "socket-mode", seen, `chmod ${octal(wanted)} ${path}, and look at SocketMode= in its unit`)];
}

function listenerFindings(
  door: DoorName,
  path: string,
  listener: Listener,
  { uid }: DaemonAccount,
): readonly Finding[] {
  if (listener.kind === "unseen") return [];
  if (listener.kind === "nobody") {
    const make = door === "pam" ? danger : warning;
    return [
      make(AREA, "socket-deaf", `nobody listens on ${path}`, "systemctl restart duogated.socket duogated.service"),
    ];
  }
  const strangers = listener.holders.filter((one) => one.uid !== 0 && one.uid !== uid);
  return strangers.map(({ pid, uid: own }) => {
    const seen = `process ${pid} of uid ${own} listens on ${path}, and is neither root's nor the daemon's`;
    return danger(AREA, "socket-stranger", seen, `find out what process ${pid} is, and stop it`);
  });
}

function octal(mode: number): string {
  return `0${(mode & 0o7777).toString(8)}`;
}
