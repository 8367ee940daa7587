// What a PAM service consists of once it is read: the entries of each kind in the order in which libpam meets them, and
// what is wrong with its files. Types only. Made by service.ts; read by dispatch.ts, explore.ts and by cli/.

import type { PamControl } from "./control.ts";

export const PAM_KINDS = ["auth", "account", "password", "session"] as const;
export type PamKind = (typeof PAM_KINDS)[number];

export interface PamPlace {
  readonly file: string;
  /** Counted from 1; 0 where the file as a whole is meant. */
  readonly line: number;
}

interface Entry {
  readonly place: PamPlace;
  /** The lines that led here, the outermost first; empty in the service's own file. */
  readonly includedFrom: readonly PamPlace[];
  /** The line as libpam sees it: joined, without comment. */
  readonly text: string;
  readonly pamKind: PamKind;
  readonly control: PamControl;
  /** How many substacks it is inside of. */
  readonly level: number;
}

export interface PamModuleEntry extends Entry {
  readonly kind: "module";
  /** As written: a name such as pam_unix.so, or an absolute path. */
  readonly module: string;
  readonly args: readonly string[];
  /** The `-` before the kind: a missing module is not logged. It fails all the same. */
  readonly silent: boolean;
}

export type PamEntry =
  | PamModuleEntry
  /** A line that libpam cannot read: it fails whenever it is reached. */
  | (Entry & { readonly kind: "must-fail" })
  /** Stands before the entries of a substack. A jump counts them all as one. */
  | (Entry & { readonly kind: "substack"; readonly target: string });

export type PamProblemCode =
  | "no-service"
  | "unreadable"
  | "unfinished-line"
  | "carriage-return"
  | "empty-continuation"
  | "long-line"
  | "unknown-kind"
  | "no-control"
  | "unknown-control"
  | "no-module"
  | "missing-include"
  | "include-loop"
  | "too-long";

export interface PamProblem {
  readonly code: PamProblemCode;
  readonly place: PamPlace;
  /** What libpam makes of it. May quote the file: not safe to print as it is. */
  readonly message: string;
  readonly remedy: string;
}

export interface PamStack {
  readonly entries: readonly PamEntry[];
  /** The service has no line of this kind, so these are those of the service `other`. */
  readonly fromOther: boolean;
}

export interface PamService {
  readonly name: string;
  /** The service's own file; undefined where it has none, and `other` is all there is. */
  readonly file: string | undefined;
  /** Every file that was read, the service's own first. */
  readonly files: readonly string[];
  readonly stacks: Readonly<Record<PamKind, PamStack>>;
  /** pam_start itself fails, so no call succeeds. */
  readonly unusable: boolean;
  readonly problems: readonly PamProblem[];
}
