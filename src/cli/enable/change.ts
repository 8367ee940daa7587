// The change itself, from the moment in which the file becomes another one to the moment in which it is confirmed or put back.
// Called by enable.ts, under the lock and with everything looked at.

import { err, ok, type Result } from "../../core/result.ts";
import { EXIT } from "../exit-codes.ts";
import type { Lock } from "./lock.ts";
import { type EnableOptions, type EnableParts, refuse, says } from "./parts.ts";
import { begin, digest, finish, isKept } from "./pending.ts";
import { PAM_FOLDER, type Prepared } from "./prepare.ts";
import { type PutBack, putBack, putBackText } from "./put-back.ts";
import { replaceFile } from "./replace-file.ts";
import { tries } from "./trial.ts";
import { startWatcher, type Watcher } from "./watcher.ts";

/** Every way out of it has the file confirmed or put back. Returns the exit code. */
export async function change(
  { service, file, draft }: Prepared,
  user: string | undefined,
  lock: Lock,
  options: EnableOptions,
  parts: EnableParts,
): Promise<number> {
  const { stateFolder, confirmWithinMs } = options;
  const bytes = Buffer.from(draft.after, "latin1");
  const begun = await begin(stateFolder, { service, path: file.path, written: digest(bytes), copyOf: file.copyOf });
  if (!begun.ok) return refuse(parts, [begun.error, "Nothing was changed."], EXIT.cannotRun);
  if (!(await isKept(stateFolder, service, file.text))) return await changedMeanwhile(stateFolder, service, parts);
  const order = { folder: stateFolder, service, withinMs: confirmWithinMs, lockFd: lock.fd };
  const watcher = await startWatcher(order);
  if (!watcher.ok) {
    await finish(stateFolder, service);
    return refuse(parts, [watcher.error, "Nothing was changed."], EXIT.cannotRun);
  }
  const written = await replaceFile({ path: file.path, like: file.copyOf ?? file.path, bytes });
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
