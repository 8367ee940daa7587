// `duogate enable SERVICE`: puts the module's line into a PAM file so that nobody is locked out by it. Looks, shows, tries the new
// stack on a private copy, and only then writes, with a watcher that puts the file back unless somebody confirms in time.

import { err, ok, type Result } from "../../core/result.ts";
import type { Libc } from "../../ffi/libc.ts";
import { EXIT } from "../exit-codes.ts";
import type { Terminal } from "../test-login/terminal.ts";
import { testLogin, testLoginText } from "../test-login/test-login.ts";
import { draftEnable } from "./draft.ts";
import { type Lock, lockService } from "./lock.ts";
import { begin, digest, finish, isKept, openStateFolder } from "./pending.ts";
import { PAM_FOLDER, type Places, type Prepared, pamFolders, prepare, serviceOf } from "./prepare.ts";
import { copyWith } from "./private-copy.ts";
import { type PutBack, putBack, putBackText } from "./put-back.ts";
import { daemonReady, loadReady } from "./readiness.ts";
import { replaceFile } from "./replace-file.ts";
import { changeText } from "./show.ts";
import { startWatcher, type Watcher } from "./watcher.ts";

export interface EnableOptions extends Places {
  readonly service: string;
  readonly config: string;
  readonly credentialsDirectory: string | undefined;
  /** Who logs in for the test; asked for where it is undefined. */
  readonly user: string | undefined;
  readonly rhost: string | undefined;
  readonly dryRun: boolean;
  readonly test: boolean;
  /** Nobody confirms. */
  readonly yes: boolean;
  readonly confirmWithinMs: number;
}

export interface EnableParts {
  readonly libc: Libc;
  readonly terminal: Terminal;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** What sshd's own settings make of the change; none for other services. */
  readonly serviceNotes: (service: string) => Promise<readonly string[]>;
  /** A signal that ends the command. */
  readonly stop: AbortSignal;
}

const TEST_TIMEOUT_MS = 180_000;

/** Returns the exit code. */
export async function enable(options: EnableOptions, parts: EnableParts): Promise<number> {
  const { service, stateFolder, dryRun, test } = options;
  const config = await loadReady(options.config, options.credentialsDirectory);
  if (!config.ok) return refuse(parts, config.error, EXIT.invalid);
  const { runtimeDir } = config.value.gateway;
  if (dryRun) {
    const prepared = await prepare(service, options, runtimeDir, draftEnable);
    if (!prepared.ok) return refuse(parts, prepared.error, EXIT.invalid);
    await show(prepared.value, parts);
    return EXIT.ok;
  }
  const ready = await daemonReady(runtimeDir, !test);
  if (!ready.ok) return refuse(parts, [ready.error], EXIT.cannotRun);
  const locked = await lockedState(await serviceOf(service, options), stateFolder, parts);
  if (!locked.ok) return refuse(parts, [locked.error], EXIT.cannotRun);
  try {
    const prepared = await prepare(service, options, runtimeDir, draftEnable);
    if (!prepared.ok) return refuse(parts, prepared.error, EXIT.invalid);
    return await carryOut(prepared.value, locked.value, options, parts);
  } finally {
    await locked.value.release();
  }
}

/** The lock of the service, with what an earlier run left unconfirmed put back. */
export async function lockedState(
  service: string,
  folder: string,
  { libc, print }: Pick<EnableParts, "libc" | "print">,
): Promise<Result<Lock, string>> {
  const opened = await openStateFolder(folder);
  if (!opened.ok) return opened;
  const lock = await lockService(libc, folder, service);
  if (!lock.ok) return lock;
  const left = await putBack(folder, service);
  if (left.kind === "nothing-waits") return lock;
  const words = `An earlier change of ${service} was never confirmed. ${putBackText(left, folder, service)}`;
  if (left.kind !== "failed") {
    print(words);
    return lock;
  }
  await lock.value.release();
  return err(words);
}

export async function show(
  { service, file, draft }: Prepared,
  { print, serviceNotes }: Pick<EnableParts, "print" | "serviceNotes">,
): Promise<void> {
  print(changeText(file.path, file.text, draft.after));
  for (const note of [...draft.notes, ...(await serviceNotes(service))]) print(`note: ${note}`);
}

async function carryOut(prepared: Prepared, lock: Lock, options: EnableOptions, parts: EnableParts): Promise<number> {
  const { terminal, print } = parts;
  const { service, draft } = prepared;
  await show(prepared, parts);
  if (!options.yes && !(await says(terminal, `Go on with ${service}? Type yes: `, parts.stop))) {
    return refuse(parts, ["Nothing was changed."], EXIT.undecided);
  }
  const user = options.test ? await testUser(options, parts) : undefined;
  if (options.test && user === undefined) {
    return refuse(parts, ["Nothing was changed: say who logs in for the test, with --user NAME"], EXIT.usage);
  }
  if (user !== undefined) {
    print(`First, log in as ${user} through a private copy of the stack. Nothing is changed yet.`);
    const copy = copyWith(options.stateFolder, pamFolders(options.pamFolder), { service, text: draft.after });
    try {
      if (!(await tries(service, user, copy.folder, parts.stop, options, parts))) {
        return refuse(parts, ["Nothing was changed."], EXIT.denied);
      }
    } finally {
      copy.remove();
    }
  }
  return await write(prepared, user, lock, options, parts);
}

/** From here on the file changes; every way out of this function has it confirmed or put back. */
async function write(
  { service, file, draft }: Prepared,
  user: string | undefined,
  lock: Lock,
  options: EnableOptions,
  parts: EnableParts,
): Promise<number> {
  const { stateFolder, confirmWithinMs } = options;
  const bytes = Buffer.from(draft.after, "latin1");
  const begun = await begin(stateFolder, { service, path: file.path, written: digest(bytes) });
  if (!begun.ok) return refuse(parts, [begun.error, "Nothing was changed."], EXIT.cannotRun);
  if (!(await isKept(stateFolder, service, file.text))) return await changedMeanwhile(stateFolder, service, parts);
  const order = { folder: stateFolder, service, withinMs: confirmWithinMs, lockFd: lock.fd };
  const watcher = await startWatcher(order);
  if (!watcher.ok) {
    await finish(stateFolder, service);
    return refuse(parts, [watcher.error, "Nothing was changed."], EXIT.cannotRun);
  }
  const written = await replaceFile({ path: file.path, like: file.path, bytes });
  if (!written.ok) return await giveUp(watcher.value, service, [written.error], options, parts);
  parts.print(
    `${file.path} is changed, and goes back by itself in ${confirmWithinMs / 1000} s unless it is confirmed.`,
  );
  const confirmed = await isConfirmed(watcher.value, service, user, options, parts);
  if (!confirmed.ok) return await giveUp(watcher.value, service, [confirmed.error], options, parts);
  if (!(await watcher.value.keep()))
    return await giveUp(watcher.value, service, ["That was too late."], options, parts);
  parts.print(`${service} asks for a second factor from now on. duogate disable ${service} takes it out again.`);
  return EXIT.ok;
}

export async function changedMeanwhile(folder: string, service: string, parts: EnableParts): Promise<number> {
  await finish(folder, service);
  return refuse(
    parts,
    ["Somebody else changed the file meanwhile. Nothing was changed: run this again."],
    EXIT.invalid,
  );
}

/** Err: why not. */
async function isConfirmed(
  watcher: Watcher,
  service: string,
  user: string | undefined,
  options: EnableOptions,
  parts: EnableParts,
): Promise<Result<void, string>> {
  const over = new AbortController();
  const end = () => over.abort();
  parts.stop.addEventListener("abort", end, { once: true });
  void watcher.decided.then(end);
  if (parts.stop.aborted) end();
  const { terminal, print } = parts;
  if (user !== undefined) {
    print("Now once more, through the file itself.");
    const confdir = options.pamFolder === PAM_FOLDER ? undefined : options.pamFolder;
    const tried = await tries(service, user, confdir, over.signal, options, parts);
    if (!tried) return err("The login through the changed file did not work.");
  }
  if (over.signal.aborted) return err("Nobody confirmed it.");
  if (options.yes) return ok(undefined);
  print("Open a second terminal and log in there. Leave this one open until that has worked.");
  const said = await says(terminal, "Type yes when it has worked, no to take it back: ", over.signal);
  return said ? ok(undefined) : err("Nobody confirmed it.");
}

async function giveUp(
  watcher: Watcher,
  service: string,
  why: readonly string[],
  { stateFolder }: EnableOptions,
  parts: EnableParts,
): Promise<number> {
  const heard = await watcher.giveUp();
  // The watcher may be the one that was killed: then it is on us.
  const outcome: PutBack = heard.kind === "failed" ? await putBack(stateFolder, service) : heard;
  const code = outcome.kind === "failed" ? EXIT.cannotRun : EXIT.undecided;
  return refuse(parts, [...why, putBackText(outcome, stateFolder, service)], code);
}

async function tries(
  service: string,
  user: string,
  confdir: string | undefined,
  signal: AbortSignal,
  { rhost }: EnableOptions,
  { terminal, print }: EnableParts,
): Promise<boolean> {
  const tty = service === "sshd" ? "ssh" : undefined;
  const options = { service, user, confdir, rhost, tty, timeoutMs: TEST_TIMEOUT_MS, signal };
  const result = await testLogin(options, { terminal, print });
  print(testLoginText(result));
  return result.kind === "let-in";
}

async function testUser({ user }: EnableOptions, { terminal, stop }: EnableParts): Promise<string | undefined> {
  if (user !== undefined) return user;
  const typed = await terminal.ask("Who logs in for the test? ", { echo: true, signal: stop });
  return typed?.trim() === "" ? undefined : typed?.trim();
}

/** Only the whole word counts; anything else but no is asked again. */
export async function says(terminal: Terminal, question: string, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const answer = await terminal.ask(question, { echo: true, signal });
    if (answer === undefined || answer.trim().toLowerCase() === "no") return false;
    if (answer.trim().toLowerCase() === "yes") return true;
  }
}

export function refuse({ complain }: Pick<EnableParts, "complain">, lines: readonly string[], code: number): number {
  for (const line of lines) complain(line);
  return code;
}
