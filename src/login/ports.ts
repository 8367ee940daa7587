// What a login needs from outside, as interfaces: the conversation with the user, the user database, the machine's
// address, the clock, and Duo
// (duo/api.ts). gateway/ and ffi/ provide them; tests provide their own.

import type { DisplayText } from "../core/display-text.ts";
import type { Result } from "../core/result.ts";
import type { Secret } from "../core/secret.ts";
import type { AbortReason } from "../core/verdict.ts";

export type Answer =
  | { readonly kind: "given"; readonly text: Secret }
  | { readonly kind: "cancelled"; readonly reason: AbortReason };

export interface Conversation {
  /** Shows a status; where and when is the application's affair. False: it cannot be shown. */
  info(text: DisplayText): boolean;
  error(text: DisplayText): void;
  /** Asks and waits. One at a time. Never rejects: a lost or silent user is a cancelled answer. */
  prompt(text: DisplayText, options: { readonly echo: boolean }): Promise<Answer>;
}

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
}

export interface LookupFailure {
  readonly code: string;
}

/** The user database. A failed look-up means that the second factor is required, never that it is skipped. */
export interface Directory {
  lookupUser(name: string): Promise<Result<User, LookupFailure>>;
  lookupUid(uid: number): Promise<Result<User, LookupFailure>>;
  /** Whether there is a group of this name; not-found where there is none, or where the one who knows did not answer. */
  lookupGroup(name: string): Promise<Result<unknown, LookupFailure>>;
  lookupGroups(name: string, gid: number): Promise<Result<readonly { readonly name: string }[], LookupFailure>>;
}

/** This machine's own address, as others see it; undefined when there is none. Never rejects. */
export type ServerAddress = () => Promise<string | undefined>;
