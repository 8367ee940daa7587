// What drafting a change of a PAM file starts from, and what it comes to. Types only.

import type { PamModuleEntry } from "../../host/pam/entry.ts";
import type { FirstFactors } from "../../host/pam/modules.ts";
import type { PamSource } from "../../host/pam/source.ts";
import type { PamFile } from "./pam-file.ts";

export interface Draft {
  /** The text to write; bytes as Latin-1 characters, as in PamFile. */
  readonly after: string;
  /** What the administrator should know. */
  readonly notes: readonly string[];
}

export interface DraftQuestion {
  readonly service: string;
  readonly file: PamFile;
  readonly source: PamSource;
  readonly runtimeDir: string;
  /** Modules whose files are not there. */
  readonly missing: (entry: PamModuleEntry) => boolean;
  /** Modules that the administrator says are a first factor. */
  readonly firstFactors: FirstFactors;
}
