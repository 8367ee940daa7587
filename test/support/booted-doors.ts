// The doors of a booted machine, knocked at as a person would: a password, then whatever is asked. It tells how the knock
// ended and leaves every judgement to the test.

import type { Machine } from "./booted-machine.ts";
import { type Pty, spawnPty } from "./pty.ts";
import { sshCommand } from "./sandbox-sshd.ts";

/** Run behind the door. Its output proves who is in. */
const PROOF = "echo in as $(id -un)";
/** What it prints. */
export const PROVEN = /^in as \w+$/mu;
const KNOCK_LIMIT_MS = 60_000;
/** A passcode that no device of the emulator has. */
const WRONG_PASSCODE = "999999";
const PASSWORD_PROMPT = /password.*: $/iu;
const FACTOR_PROMPT = /(?:Passcode|option|passcode)[^\n]*: $/u;
const CONSOLE_PROMPT = /^booted\S* login: $/mu;
const ANY_PROMPT = new RegExp(`${PASSWORD_PROMPT.source}|${FACTOR_PROMPT.source}`, "iu");
const CONSOLE_STEP = new RegExp(`${ANY_PROMPT.source}|^booted\\S* login: $|root@\\S+# $`, "imu");

/** How a knock ended, and whether a second factor was asked for on the way. */
export type Entry = "in" | "in after a factor" | "refused" | "refused after a factor";

/** What the person has: the password of the one who is asked, and perhaps the second factor. */
export interface Keys {
  readonly password: string;
  /** "1" pushes, as the menu says; without it wrong passcodes are typed until the login ends. */
  readonly factor?: string;
}

export interface Door {
  readonly name: "console" | "ssh" | "sudo" | "su";
  /** Whose password and whose factor are asked for. */
  readonly asks: "alice" | "root";
  knock(machine: Machine, keys: Keys): Promise<Entry>;
}

/** Root on the terminal of the console: getty, then login. */
export const consoleDoor: Door = {
  name: "console",
  asks: "root",
  async knock(machine, keys) {
    machine.console.sendLine("root");
    return await answerConsole(machine, keys);
  },
};

/** The rest of a login on the console: from root's name on, or from the password that is asked for already. */
export async function answerConsole({ console: screen }: Machine, keys: Keys, isAsked = false): Promise<Entry> {
  if (isAsked) screen.sendLine(keys.password);
  let asked = false;
  for (;;) {
    const [seen] = await screen.waitFor(CONSOLE_STEP, { signal: AbortSignal.timeout(KNOCK_LIMIT_MS) });
    if (CONSOLE_PROMPT.test(seen)) return asked ? "refused after a factor" : "refused";
    if (seen.endsWith("# ")) break;
    asked = answer(screen, seen, keys) || asked;
  }
  screen.sendLine("exit");
  await screen.waitFor(CONSOLE_PROMPT, { signal: AbortSignal.timeout(KNOCK_LIMIT_MS) });
  return asked ? "in after a factor" : "in";
}

/** From outside, by the real client. sshd may ask for the password itself or through PAM. */
export const sshDoor: Door = {
  name: "ssh",
  asks: "alice",
  knock: (_machine, keys) => knock(openSsh("alice"), keys),
};

/** alice becomes root by her own password. */
export const sudoDoor: Door = {
  name: "sudo",
  asks: "alice",
  knock: (machine, keys) => knock(machine.terminal("alice", ["sudo", "sh", "-c", PROOF]), keys),
};

/** bob becomes alice by her password: for every target but root, su asks for the target. */
export const suDoor: Door = {
  name: "su",
  asks: "alice",
  knock: (machine, keys) => knock(suTo(machine, "alice"), keys),
};

/** bob becomes `user`, whose password and factor su asks for. Nothing has been typed yet. */
export function suTo(machine: Machine, user: string): Pty {
  return machine.terminal("bob", ["su", user, "-c", PROOF]);
}

/** Root becomes alice: su asks root for nothing. */
export const rootSuDoor: Door = {
  name: "su",
  asks: "alice",
  knock: (machine, keys) => knock(machine.terminal("root", ["su", "alice", "-c", PROOF]), keys),
};

/**
 * The rescue target, as booted by systemd.unit=rescue.target: sulogin on the console. The machine is no good afterwards.
 * systemctl returns when everything else has stopped: nobody else reads what is typed then.
 */
export async function rescue({ console: screen, sh }: Machine, password: string): Promise<Entry> {
  await sh("systemctl isolate rescue.target");
  const options = { signal: AbortSignal.timeout(KNOCK_LIMIT_MS) };
  await screen.waitFor(/root password for [^:]*maintenance[^:]*: $/u, options);
  // It throws away what is typed between its prompt and its read, which no person is quick enough for.
  await sh("while ps -o stat= -C sulogin | grep -q '^[^S]'; do :; done");
  screen.sendLine(password);
  const [seen] = await screen.waitFor(/root@\S+# $|Login incorrect/u, options);
  return seen.endsWith("# ") ? "in" : "refused";
}

export const DOORS: readonly Door[] = [consoleDoor, sshDoor, sudoDoor, suDoor];

/** An ssh client that has not typed anything yet. */
export function openSsh(user: string, command = PROOF): Pty {
  const methods = "keyboard-interactive,password";
  const options = ["NumberOfPasswordPrompts=1", "ConnectTimeout=20"];
  const argv = [...sshCommand(22, { methods, options }), `${user}@127.0.0.1`, command];
  return spawnPty(argv, { deadlineMs: KNOCK_LIMIT_MS });
}

/** Answers everything that is asked on the terminal until the program ends. */
export async function knock(terminal: Pty, keys: Keys): Promise<Entry> {
  await using screen = terminal;
  let asked = false;
  for (;;) {
    // The wait fails when the program has ended; its exit tells whether that was the deadline.
    const match = await screen.waitFor(ANY_PROMPT).catch(() => undefined);
    if (match === undefined) break;
    asked = answer(screen, match[0], keys) || asked;
  }
  const { code } = await screen.exit;
  const isIn = code === 0 && PROVEN.test(screen.transcript);
  if (asked) return isIn ? "in after a factor" : "refused after a factor";
  return isIn ? "in" : "refused";
}

/** Types the answer to a prompt; true when it was one for the second factor. */
function answer(screen: Pty, prompt: string, { password, factor = WRONG_PASSCODE }: Keys): boolean {
  const isFactor = FACTOR_PROMPT.test(prompt);
  screen.sendLine(isFactor ? factor : password);
  return isFactor;
}
