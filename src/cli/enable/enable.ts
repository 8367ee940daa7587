// `duogate enable SERVICE`: puts the module's line into a PAM file so that nobody is locked out by it. Looks, shows, tries the new
// stack on a private copy, and only then writes, with a watcher that puts the file back unless somebody confirms in time.

import { err, type Result } from "../../core/result.ts";
import { EXIT } from "../exit-codes.ts";
import { change } from "./change.ts";
import { draftEnable } from "./draft.ts";
import { type Lock, lockService } from "./lock.ts";
import { type EnableOptions, type EnableParts, refuse, says } from "./parts.ts";
import { openStateFolder } from "./pending.ts";
import { type Prepared, pamFolders, prepare, serviceOf } from "./prepare.ts";
import { copyWith } from "./private-copy.ts";
import { putBack, putBackText } from "./put-back.ts";
import { daemonReady, loadReady } from "./readiness.ts";
import { changeText } from "./show.ts";
import { testUser, tries } from "./trial.ts";

/** Returns the exit code. */
export async function enable(options: EnableOptions, parts: EnableParts): Promise<number> {
  const { service, stateFolder, dryRun, test } = options;
  const config = await loadReady(options.config, options.credentialsDirectory);
  if (!config.ok) return refuse(parts, config.error, EXIT.invalid);
  const { runtimeDir } = config.value.gateway;
  if (dryRun) {
    const prepared = await enabling(options, runtimeDir, parts);
    if (!prepared.ok) return refuse(parts, prepared.error, EXIT.invalid);
    await show(prepared.value, parts);
    return EXIT.ok;
  }
  const ready = await daemonReady(runtimeDir, !test);
  if (!ready.ok) return refuse(parts, [ready.error], EXIT.cannotRun);
  const locked = await lockedState(await serviceOf(service, options), stateFolder, parts);
  if (!locked.ok) return refuse(parts, [locked.error], EXIT.cannotRun);
  try {
    const prepared = await enabling(options, runtimeDir, parts);
    if (!prepared.ok) return refuse(parts, prepared.error, EXIT.invalid);
    return await carryOut(prepared.value, locked.value, options, parts);
  } finally {
    await locked.value.release();
  }
}

/** Err: the reasons, a line each. */
async function enabling(
  options: EnableOptions,
  runtimeDir: string,
  parts: EnableParts,
): Promise<Result<Prepared, readonly string[]>> {
  const prepared = await prepare(options.service, options, runtimeDir, draftEnable);
  if (!prepared.ok) return prepared;
  const faults = await parts.serviceFaults(prepared.value.service);
  return faults.length === 0 ? prepared : err(faults);
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
  print(changeText(file.path, file.text, draft.after, file.copyOf));
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
  return await change(prepared, user, lock, options, parts);
}
