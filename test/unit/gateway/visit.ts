// One helper's visit to a Transaction with everything around it faked and remembered in order. Used by the tests beside it.

import assert from "node:assert/strict";
import type { DuoApi } from "../../../src/duo/api.ts";
import type { Door } from "../../../src/gateway/admission.ts";
import { LoginPace } from "../../../src/gateway/login-pace.ts";
import type { GatewayLog, LoginDoorRules } from "../../../src/gateway/ports.ts";
import { Transaction } from "../../../src/gateway/transaction.ts";
import { PushFollowers } from "../../../src/login/push-followers.ts";
import { PushSlots } from "../../../src/login/push-slots.ts";
import { TextPace } from "../../../src/login/text-pace.ts";
import { TrustedDevices } from "../../../src/login/trusted-devices.ts";
import { FakeClock, turn } from "../../support/fake-clock.ts";
import { FakeDirectory } from "../../support/fake-directory.ts";
import { type DuoScript, FakeDuo } from "../../support/fake-duo.ts";
import { FakeHelper } from "../../support/fake-helper.ts";
import { LOGIN_NAME } from "../login/scene.ts";

export interface VisitOptions {
  readonly duo: DuoScript;
  /** In place of the scripted one. */
  readonly api?: DuoApi;
  readonly door?: Door;
  readonly uid?: number;
  readonly admitted?: boolean;
  readonly autopush?: boolean;
  readonly brokenLog?: boolean;
  readonly rules?: Partial<LoginDoorRules>;
}

const ACCOUNTS = [
  { name: "root", uid: 0 },
  { name: "alice", uid: 1000 },
  { name: "bob", uid: 1001 },
];

export class Visit {
  readonly clock = new FakeClock();
  /** What was heard and what was written down, in order. */
  readonly order: string[] = [];
  /** What was given back at the end. */
  readonly given: string[] = [];
  /** The users that decisions were written for. */
  readonly users: string[] = [];
  /** The services that terms were asked for. */
  readonly services: string[] = [];
  readonly helper = new FakeHelper((message) => this.order.push(`heard ${message.kind}`));
  readonly duo: FakeDuo;
  readonly followers = new PushFollowers({ clock: this.clock, onDefect: () => this.order.push("defect") });
  readonly transaction: Transaction;

  constructor(options: VisitOptions) {
    this.duo = new FakeDuo(options.duo);
    const { autopush = false, door = "pam", uid = 0, admitted = true } = options;
    const defaults = {
      failmode: "secure",
      prompts: 3,
      pushinfo: false,
      groups: [],
      hostname: "wks01",
      ikey: "DI1",
    } as const;
    const policy = { ...defaults, autopush, identity: LOGIN_NAME, fallbackLocalIp: false };
    const duo = options.api ?? this.duo;
    const pair = { local: "alice", duo: "anna" };
    const loginDoor = { users: [pair], acceptFactor: false, trustAddress: false, ...options.rules };
    this.transaction = new Transaction(this.helper.socket, {
      door,
      peer: { uid, pid: 42 },
      account: String(uid),
      ownUid: 990,
      lease: {
        limits: { maxLogins: 10, maxLoginsPerUid: 5 },
        answerTimeoutMs: 90_000,
        loginTimeoutMs: 110_000,
        termsFor: (service) => {
          this.services.push(service);
          return { policy, loginDoor, duo };
        },
        keep: () => () => undefined,
        release: () => this.given.push("lease"),
      },
      place: { begin: () => admitted, release: () => this.given.push("place") },
      pace: new LoginPace(this.clock),
      directory: new FakeDirectory(ACCOUNTS),
      serverAddress: () => Promise.resolve(undefined),
      slots: new PushSlots(),
      texts: new TextPace(this.clock),
      followers: this.followers,
      devices: new TrustedDevices(this.clock),
      clock: this.clock,
      log: this.#log(options.brokenLog ?? false),
      newId: () => "t-1",
    });
  }

  get decisions(): readonly string[] {
    return this.order.filter((line) => line.startsWith("decision ")).map((line) => line.slice("decision ".length));
  }

  /** Waits until nothing of the transaction is left, without turning the clock. */
  async end(): Promise<void> {
    let over = false;
    void this.transaction.ended.then(() => {
      over = true;
    });
    for (let turns = 0; turns < 20 && !over; turns += 1) await turn();
    assert.ok(over, "the transaction did not end");
    await this.followers.close();
    assert.equal(this.clock.pending, 0, "a timer was left");
  }

  #log(broken: boolean): GatewayLog {
    const { users } = this;
    const note = (line: string) => void this.order.push(line);
    return {
      decision({ verdict, facts }) {
        users.push(facts.user);
        if (broken) throw new Error("the log is full");
        note(`decision ${verdict.kind} ${verdict.reason}`);
      },
      lateAllow: () => note("lateAllow"),
      connectionRefused: () => note("connectionRefused"),
      violation: (_door, _peer, _id, code) => note(`violation ${code}`),
      noStart: (_door, _peer, code) => note(`noStart ${code}`),
      defect: () => note("defect"),
      listenerFailed: () => note("listenerFailed"),
    };
  }
}
