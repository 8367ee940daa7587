// Everything that `duogate enable` and `disable` look at before they change a file: the service, its file, the stack with the
// change in it. Changes nothing. Called by enable.ts and disable.ts.

import { basename } from "node:path";
import { err, ok, type Result } from "../../core/result.ts";
import { isMissing, moduleFolder } from "../../host/pam/module-file.ts";
import type { FirstFactors } from "../../host/pam/modules.ts";
import { folderSource, machineSource, PAM_FOLDERS, type PamSource } from "../../host/pam/source.ts";
import { vendorFolders } from "../../host/pam/vendor-folders.ts";
import type { Draft, DraftQuestion } from "./drafted.ts";
import { type PamFile, readOrCopy, readPamFile } from "./pam-file.ts";

export const PAM_FOLDER = "/etc/pam.d";

export interface Places {
  /** Where the service's file is; not /etc/pam.d in tests alone. */
  readonly pamFolder: string;
  readonly stateFolder: string;
}

export interface PrepareOptions extends Places {
  /** Modules that the administrator says are a first factor. */
  readonly firstFactors: FirstFactors;
}

export interface Prepared {
  /** The service whose file it is: another one, where the name is a link. */
  readonly service: string;
  readonly file: PamFile;
  readonly draft: Draft;
}

/** The folders that libpam reads, its first one first. */
export function pamFolders(pamFolder: string): readonly string[] {
  return pamFolder === PAM_FOLDER ? PAM_FOLDERS : [pamFolder];
}

function sourceOf(pamFolder: string): PamSource {
  return pamFolder === PAM_FOLDER ? machineSource() : folderSource([pamFolder]);
}

function vendors(pamFolder: string): readonly string[] {
  return pamFolder === PAM_FOLDER ? vendorFolders() : [];
}

/** As if the copy were there already: libpam would read it before the package's file. */
function withCopy(source: PamSource, service: string, { path, copyOf, text }: PamFile): PamSource {
  if (copyOf === undefined) return source;
  const copy = { kind: "file", path, text: Buffer.from(text, "latin1").toString("utf8") } as const;
  return { ...source, open: (name) => (name === service || name === path ? copy : source.open(name)) };
}

/** The service whose file a name leads to; the name itself where that cannot be told. */
export async function serviceOf(named: string, { pamFolder }: Places): Promise<string> {
  const file = await readPamFile(pamFolder, named);
  return file.ok ? basename(file.value.path) : named;
}

/** Err: the reasons, a line each. */
export async function prepare(
  named: string,
  { pamFolder, firstFactors }: PrepareOptions,
  runtimeDir: string,
  draft: (question: DraftQuestion) => Result<Draft, readonly string[]>,
): Promise<Result<Prepared, readonly string[]>> {
  const file = await readOrCopy(pamFolder, vendors(pamFolder), named);
  if (!file.ok) return err([file.error]);
  const { path, linkedFrom } = file.value;
  const service = basename(path);
  const folder = moduleFolder();
  const source = withCopy(sourceOf(pamFolder), service, file.value);
  const missing = (entry: Parameters<typeof isMissing>[0]) => isMissing(entry, folder);
  const drafted = draft({ service, file: file.value, source, runtimeDir, missing, firstFactors });
  if (!drafted.ok) return drafted;
  const linked = linkedFrom === undefined ? [] : [`${linkedFrom} is a link: ${path} changes, for every service of it`];
  return ok({ service, file: file.value, draft: { ...drafted.value, notes: [...linked, ...drafted.value.notes] } });
}
