// One login over fake ports, played to its end on a fake clock. Whatever the script, nothing may be left afterwards: no
// timer, no push slot, no answer that was not asked for. Used by all tests of this folder.

import assert from "node:assert/strict";
import { displayText } from "../../../src/core/display-text.ts";
import type { LoginFacts } from "../../../src/core/facts.ts";
import { Scope } from "../../../src/core/scope.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { DuoApi, FactorKind, FactorOption, Preauth } from "../../../src/duo/api.ts";
import type { LoginPolicy } from "../../../src/login/context.ts";
import { login } from "../../../src/login/login.ts";
import { PushFollowers } from "../../../src/login/push-followers.ts";
import { PushSlots } from "../../../src/login/push-slots.ts";
import type { LoginOutcome } from "../../../src/login/record.ts";
import { TextPace } from "../../../src/login/text-pace.ts";
import { TrustedDevices } from "../../../src/login/trusted-devices.ts";
import type { IdentityRules } from "../../../src/policy/duo-name.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { FakeConversation, type Reply } from "../../support/fake-conversation.ts";
import { type Account, type DirectoryFaults, FakeDirectory } from "../../support/fake-directory.ts";
import { type DuoScript, FakeDuo } from "../../support/fake-duo.ts";

export function option(kind: FactorKind, number = 1): FactorOption {
  return { name: `${kind}${number}`, kind, label: displayText(`${kind} to phone ${number}`), target: `DP${number}` };
}

/** Push to the first phone, push to the second, call, SMS. */
export const OPTIONS = [option("push"), option("push", 2), option("phone"), option("sms")] as const;

export function askFor(options: readonly FactorOption[] = OPTIONS, code?: string): Preauth {
  const preferred = options.find(({ kind }) => kind !== "sms");
  const verifiedPush = code === undefined ? undefined : { txid: "verified-1", code: new Secret(code) };
  return { kind: "auth", menu: { options, preferred }, verifiedPush };
}

export function decided(kind: "allow" | "deny", message = ""): Preauth {
  return { kind, message: displayText(message) };
}

/** Duo is asked for the login name as it is. */
export const LOGIN_NAME: IdentityRules = {
  subject: "default",
  sendGecos: false,
  gecosDelim: ",",
  gecosUsernamePos: undefined,
  usernameStripDomain: false,
  usernameLower: false,
  usernameSuffix: undefined,
};

export interface SceneOptions {
  readonly facts?: Partial<LoginFacts>;
  readonly duoUser?: string;
  readonly givenFactor?: string;
  readonly policy?: Partial<LoginPolicy>;
  readonly identity?: Partial<IdentityRules>;
  readonly serverAddress?: string;
  readonly replies?: readonly Reply[];
  readonly onPrompt?: (text: string) => void;
  readonly duo?: DuoScript;
  /** Instead of the scripted one. */
  readonly api?: DuoApi;
  readonly accounts?: readonly Account[];
  readonly faults?: DirectoryFaults;
  /** Shared with other logins. */
  readonly slots?: PushSlots;
  readonly texts?: TextPace;
  readonly followers?: PushFollowers;
  readonly devices?: TrustedDevices | undefined;
  readonly clock?: FakeClock;
}

const ACCOUNTS: readonly Account[] = [
  { name: "root", uid: 0, groups: ["root"] },
  { name: "alice", uid: 1000, groups: ["alice", "staff"] },
  { name: "bob", uid: 1001, groups: ["bob", "wheel"] },
];

export class Scene {
  readonly clock: FakeClock;
  readonly scope: Scope;
  readonly slots: PushSlots;
  readonly followers: PushFollowers;
  readonly conversation: FakeConversation;
  readonly duo: FakeDuo;
  readonly directory: FakeDirectory;
  readonly devices: TrustedDevices;
  /** What a follower of its push threw. */
  readonly defects: unknown[] = [];
  /** The login, under way since the scene was made. */
  readonly login: Promise<LoginOutcome>;

  constructor(options: SceneOptions) {
    this.clock = options.clock ?? new FakeClock();
    this.scope = new Scope(this.clock);
    this.slots = options.slots ?? new PushSlots();
    this.followers =
      options.followers ?? new PushFollowers({ clock: this.clock, onDefect: (error) => this.defects.push(error) });
    this.conversation = new FakeConversation(options.replies, options.onPrompt, () => this.clock.advance(1000));
    this.duo = new FakeDuo(options.duo ?? { preauth: [] });
    this.directory = new FakeDirectory(options.accounts ?? ACCOUNTS, options.faults);
    this.devices = options.devices ?? new TrustedDevices(this.clock);
    const facts = { user: "alice", service: "login", callerUid: 1000, budgetMs: 100_000 };
    const defaults = { failmode: "secure", prompts: 3, autopush: false, pushinfo: false, groups: [] } as const;
    const names = { identity: { ...LOGIN_NAME, ...options.identity }, fallbackLocalIp: false };
    this.login = login({
      duoUser: options.duoUser,
      givenFactor: options.givenFactor === undefined ? undefined : new Secret(options.givenFactor),
      facts: { ...facts, rhostTrusted: true, interactive: true, showsMessages: true, ...options.facts },
      policy: { ...defaults, ...names, ikey: "DI1", hostname: "wks01", ...options.policy },
      requestId: "3f2c9a10-77aa-4e01-9d3f-1b7a5c0e8d42",
      conversation: this.conversation,
      duo: options.api ?? this.duo,
      directory: this.directory,
      serverAddress: () => Promise.resolve(options.serverAddress),
      slots: this.slots,
      texts: options.texts ?? new TextPace(this.clock),
      followers: this.followers,
      keepDuo: () => () => undefined,
      devices: this.devices,
      clock: this.clock,
      scope: this.scope,
    });
    this.login.catch(() => {});
  }

  /** Plays the login to its end, and no further: a push that is still out holds its slot. */
  async outcome(): Promise<LoginOutcome> {
    const outcome = await this.clock.run(this.login);
    this.scope.stop("finished");
    return outcome;
  }

  /** Plays to the end, where the daemon stops: nothing may be left. */
  async end(): Promise<LoginOutcome> {
    const outcome = await this.outcome();
    await this.followers.close();
    assert.equal(this.clock.pending, 0, "a timer was left");
    assert.equal(this.conversation.left, 0, "an answer was never asked for");
    return outcome;
  }
}

export interface Played extends LoginOutcome {
  /** `kind reason` of the verdict. */
  readonly verdictText: string;
  readonly scene: Scene;
}

/** Plays a login that nobody disturbs; its push slot must be free afterwards. */
export async function play(options: SceneOptions): Promise<Played> {
  const scene = new Scene(options);
  const outcome = await scene.end();
  const user = outcome.record.duoUser ?? "alice";
  const release = scene.slots.tryAcquire(user);
  assert.notEqual(release, undefined, "the push slot was not given back");
  release?.();
  return { ...outcome, verdictText: `${outcome.verdict.kind} ${outcome.verdict.reason}`, scene };
}
