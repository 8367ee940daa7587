// Everything one login works with, handed down as one value. Made by login.ts; the parts below it only read it, except
// the record, which they fill in.

import type { Clock } from "../core/clock.ts";
import type { LoginFacts } from "../core/facts.ts";
import type { Scope } from "../core/scope.ts";
import type { Secret } from "../core/secret.ts";
import type { DuoApi, DuoSubject } from "../duo/api.ts";
import { clientAddress } from "../policy/client-address.ts";
import type { IdentityRules } from "../policy/duo-name.ts";
import type { Failmode } from "../policy/outcome.ts";
import type { Conversation, Directory, ServerAddress } from "./ports.ts";
import type { PushFollowers } from "./push-followers.ts";
import type { PushSlots, Release } from "./push-slots.ts";
import type { LoginRecord } from "./record.ts";
import type { TextPace } from "./text-pace.ts";
import type { DeviceHolder, TrustedDevices } from "./trusted-devices.ts";
import type { UserTime } from "./user-time.ts";

/** The part of the configuration that steers a login. */
export interface LoginPolicy {
  /** The Duo application that is asked; a remembered device counts for it alone. */
  readonly ikey: string;
  readonly failmode: Failmode;
  readonly prompts: number;
  readonly autopush: boolean;
  readonly pushinfo: boolean;
  /** Tokens of `groups`; empty means that everybody must pass. */
  readonly groups: readonly string[];
  readonly identity: IdentityRules;
  readonly fallbackLocalIp: boolean;
  /** This machine's name, as Duo and the user's phone are told it. */
  readonly hostname: string;
}

export interface LoginRequest {
  readonly facts: LoginFacts;
  /** The transaction's id: what this login is called in the log. */
  readonly requestId: string;
  /** The name to ask Duo for, in place of the user's own: a pair that `login_users` permits. */
  readonly duoUser?: string | undefined;
  /** What the user would answer at the first prompt, given with the login. */
  readonly givenFactor?: Secret | undefined;
  readonly policy: LoginPolicy;
  readonly conversation: Conversation;
  readonly duo: DuoApi;
  /** Keeps the way to Duo open, over the end of this login too, until the function that it returns is called. */
  readonly keepDuo: () => Release;
  readonly directory: Directory;
  readonly serverAddress: ServerAddress;
  readonly slots: PushSlots;
  readonly texts: TextPace;
  readonly followers: PushFollowers;
  readonly devices: TrustedDevices;
  readonly clock: Clock;
  readonly scope: Scope;
}

export interface LoginContext extends LoginRequest {
  readonly subject: DuoSubject;
  readonly record: LoginRecord;
  readonly userTime: UserTime;
}

/**
 * Whose remembered device may stand for the factor of this login. SECURITY: by the client's own address, not by the
 * server's in its place (fallback_local_ip), which all clients without one would share.
 */
export function deviceHolder({ subject, facts, policy }: LoginContext): DeviceHolder {
  return { username: subject.username, ipaddr: clientAddress(facts), ikey: policy.ikey };
}
