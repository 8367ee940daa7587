// `duogate disable SERVICE`: takes out the two lines that `duogate enable` wrote, and nothing else; every other byte stays. It asks
// before, and keeps the file as it was.

import { readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { EXIT } from "../exit-codes.ts";
import { changedMeanwhile } from "./change.ts";
import { draftDisable } from "./draft.ts";
import { lockedState, show } from "./enable.ts";
import { copiedFrom } from "./pair.ts";
import { type EnableParts, refuse, says } from "./parts.ts";
import { backupPath, begin, digest, finish, isKept } from "./pending.ts";
import { type Prepared, type PrepareOptions, prepare, serviceOf } from "./prepare.ts";
import { replaceFile, syncFolder } from "./replace-file.ts";

export interface DisableOptions extends PrepareOptions {
  readonly service: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** Returns the exit code. It needs neither configuration nor daemon: it is a way out. */
export async function disable(options: DisableOptions, parts: EnableParts): Promise<number> {
  const { service, stateFolder, dryRun } = options;
  if (dryRun) {
    const prepared = await prepare(service, options, "", draftDisable);
    if (!prepared.ok) return refuse(parts, prepared.error, EXIT.invalid);
    await show(prepared.value, { ...parts, serviceNotes: none });
    return EXIT.ok;
  }
  const locked = await lockedState(await serviceOf(service, options), stateFolder, parts);
  if (!locked.ok) return refuse(parts, [locked.error], EXIT.cannotRun);
  try {
    const prepared = await prepare(service, options, "", draftDisable);
    if (!prepared.ok) return refuse(parts, prepared.error, EXIT.invalid);
    return await takeOut(prepared.value, options, parts);
  } finally {
    await locked.value.release();
  }
}

async function takeOut(prepared: Prepared, { yes, stateFolder }: DisableOptions, parts: EnableParts): Promise<number> {
  const { service, file, draft } = prepared;
  await show(prepared, { ...parts, serviceNotes: none });
  if (!yes && !(await says(parts.terminal, `Stop asking Duo for ${service}? Type yes: `, parts.stop))) {
    return refuse(parts, ["Nothing was changed."], EXIT.undecided);
  }
  const original = await unchangedCopy(prepared, stateFolder);
  if (original !== undefined) return await removeCopy(prepared, original, stateFolder, parts);
  const bytes = Buffer.from(draft.after, "latin1");
  const begun = await begin(stateFolder, { service, path: file.path, written: digest(bytes) });
  if (!begun.ok) return refuse(parts, [begun.error, "Nothing was changed."], EXIT.cannotRun);
  if (!(await isKept(stateFolder, service, file.text))) return await changedMeanwhile(stateFolder, service, parts);
  const written = await replaceFile({ path: file.path, like: file.path, bytes });
  await finish(stateFolder, service);
  if (!written.ok) return refuse(parts, [written.error], EXIT.cannotRun);
  parts.print(
    `${service} asks for no second factor any more. The file as it was is ${backupPath(stateFolder, service)}`,
  );
  return EXIT.ok;
}

/** The package's file, where this one is `duogate enable`'s copy of it and nobody else has changed it since. */
async function unchangedCopy({ service, file, draft }: Prepared, stateFolder: string): Promise<string | undefined> {
  const original = copiedFrom(file.text);
  if (original === undefined) return undefined;
  const kept = await Promise.all([original, backupPath(stateFolder, service)].map(latin1Of));
  return kept[0] !== undefined && kept.includes(draft.after) ? original : undefined;
}

async function latin1Of(path: string): Promise<string | undefined> {
  return await readFile(path, "latin1").catch(() => undefined);
}

async function removeCopy(
  { service, file }: Prepared,
  original: string,
  stateFolder: string,
  parts: EnableParts,
): Promise<number> {
  if ((await latin1Of(file.path)) !== file.text) return await changedMeanwhile(stateFolder, service, parts);
  try {
    await unlink(file.path);
    await syncFolder(dirname(file.path));
  } catch (error) {
    return refuse(parts, [`${file.path} could not be removed: ${String(error)}`], EXIT.cannotRun);
  }
  await finish(stateFolder, service);
  parts.print(`${service} asks for no second factor any more. ${file.path} is gone, and ${original} counts again.`);
  return EXIT.ok;
}

async function none(): Promise<readonly string[]> {
  return [];
}
