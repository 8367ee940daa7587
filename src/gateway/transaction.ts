// One connection from accept to its end: wait for START, judge the peer, run the login, send the verdict, write the
// decision. Whatever goes wrong in here denies this login and touches no other.

import type { Socket } from "node:net";
import type { Clock } from "../core/clock.ts";
import type { LoginFacts } from "../core/facts.ts";
import { Scope, type StopReason } from "../core/scope.ts";
import { aborted, deny, type Verdict, type VerdictKind } from "../core/verdict.ts";
import { login } from "../login/login.ts";
import type { Directory, ServerAddress } from "../login/ports.ts";
import type { PushFollowers } from "../login/push-followers.ts";
import type { PushSlots } from "../login/push-slots.ts";
import { emptyRecord, type LoginOutcome, type LoginRecord } from "../login/record.ts";
import type { TextPace } from "../login/text-pace.ts";
import type { TrustedDevices } from "../login/trusted-devices.ts";
import { PROTOCOL_VERSION } from "../wire/limits.ts";
import type { HelperMessage, Start } from "../wire/messages.ts";
import type { Door, Place } from "./admission.ts";
import { Channel } from "./channel.ts";
import { type Entry, entrant, factsOf, givenFactorOf } from "./entrance.ts";
import type { LoginPace } from "./login-pace.ts";
import type { Decision, GatewayLog, Lease, NoStart, Peer } from "./ports.ts";
import { RemoteConversation } from "./remote-conversation.ts";

/** PROTOCOL: section 5. */
const START_TIMEOUT_MS = 5000;
/** What the helper's own total is shortened by, so that our verdict comes before it gives up. */
const BUDGET_MARGIN_MS = 2000;

export interface TransactionParts {
  readonly door: Door;
  readonly peer: Peer;
  /** Of this machine, that a peer of login.sock counts for. */
  readonly account: string;
  readonly ownUid: number;
  readonly lease: Lease;
  readonly place: Place;
  readonly pace: LoginPace;
  readonly directory: Directory;
  readonly serverAddress: ServerAddress;
  readonly slots: PushSlots;
  readonly texts: TextPace;
  readonly followers: PushFollowers;
  readonly devices: TrustedDevices;
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly newId: () => string;
}

export class Transaction {
  readonly #parts: TransactionParts;
  readonly #scope: Scope;
  readonly #channel: Channel;
  readonly #id: string;
  readonly #startedAt: number;
  #conversation: RemoteConversation | undefined;
  #started = false;

  /** Resolves when nothing of the transaction is left: socket closed, login ended, lease given back. */
  readonly ended: Promise<void>;
  #loginEnded: Promise<void> = Promise.resolve();

  constructor(socket: Socket, parts: TransactionParts) {
    this.#parts = parts;
    this.#scope = new Scope(parts.clock);
    this.#id = parts.newId();
    this.#startedAt = parts.clock.now();
    let closed = () => {};
    const socketClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    this.#channel = new Channel(socket, parts.clock, {
      message: (message) => this.#receive(message),
      violation: (code) => this.#violated(code),
      closed: () => {
        this.#lost();
        closed();
      },
    });
    const timer = parts.clock.after(START_TIMEOUT_MS, () => this.#noStart("timeout"));
    this.#scope.onStop(() => timer.cancel());
    this.ended = socketClosed
      .then(() => this.#loginEnded)
      .finally(() => {
        parts.place.release();
        parts.lease.release();
      });
  }

  /** Ends the login now; used when the daemon must stop. */
  stop(): void {
    this.#scope.stop("shutting-down");
    if (!this.#started) this.#channel.destroy();
  }

  /** Ends the connection because others need its place. */
  cut(): void {
    this.#noStart("cut");
    this.#channel.destroy();
  }

  #receive(message: HelperMessage): void {
    if (message.kind === "answer") this.#conversation?.answered(message);
    else {
      this.#started = true;
      this.#loginEnded = this.#run(message).catch((error: unknown) => {
        // The net under the net: nothing above may throw, and if it does, this login is denied.
        this.#parts.log.defect(this.#id, error);
        this.#channel.destroy();
      });
    }
  }

  async #run(start: Start): Promise<void> {
    const { clock, lease } = this.#parts;
    this.#channel.send({ kind: "welcome", version: PROTOCOL_VERSION, transaction: this.#id });
    const conversation = new RemoteConversation(this.#channel, clock, {
      showsMessages: start.showsMessages,
      answerTimeoutMs: lease.answerTimeoutMs,
    });
    this.#conversation = conversation;
    const limit = Math.max(0, Math.min(lease.loginTimeoutMs, start.facts.budget - BUDGET_MARGIN_MS));
    this.#scope.stopAfter(limit);
    this.#scope.onStop(() => conversation.lost());
    const { facts, ...outcome } = await this.#decide(start, conversation);
    this.#finish(start, facts, outcome);
  }

  async #decide(
    start: Start,
    conversation: RemoteConversation,
  ): Promise<LoginOutcome & { readonly facts: LoginFacts }> {
    const { lease, directory, serverAddress, slots, texts, followers, devices, clock, log } = this.#parts;
    const { door, peer, account, ownUid, place, pace } = this.#parts;
    const { policy, duo, loginDoor } = lease.termsFor(start.facts.service, this.#parts.door);
    const entry: Entry = { door, peer, ownUid, rules: loginDoor };
    const admitted = place.begin(lease.limits, start.facts.user) && (door === "pam" || pace.take(account));
    const came = await entrant({ ...entry, start, admitted, directory });
    if (!came.ok) {
      const { verdict, words, user } = came.error;
      conversation.error(words);
      return { verdict, record: emptyRecord(), facts: factsOf(start, entry, user) };
    }
    const { user, duoUser } = came.value;
    const facts = factsOf(start, entry, user);
    const waits = { slots, texts, followers, keepDuo: () => lease.keep() };
    const ports = { conversation, duo, directory, serverAddress, ...waits, devices, clock, scope: this.#scope };
    const asked = { policy, facts, requestId: this.#id, duoUser, givenFactor: givenFactorOf(start, entry) };
    try {
      const request = { ...asked, ...ports };
      return { ...(await login(request)), facts };
    } catch (error) {
      log.defect(this.#id, error);
      return { verdict: deny("defect"), record: emptyRecord(), facts };
    }
  }

  #finish(start: Start, facts: LoginFacts, outcome: LoginOutcome): void {
    const { log, clock, door, peer } = this.#parts;
    const stopped = this.#scope.stopReason;
    const verdict = stopped === undefined ? outcome.verdict : verdictOfStop(stopped);
    const base = { transaction: this.#id, door, peer, facts, record: outcome.record };
    const decision: Decision = { ...base, verdict, durationMs: clock.now() - this.#startedAt };
    if (stopped !== undefined && outcome.verdict.kind === "allow") log.lateAllow(decision, stopped);
    // SECURITY: the decision is written before the door opens.
    log.decision(decision);
    this.#scope.stop("finished");
    const sent = this.#channel.send({
      kind: "verdict",
      verdict: toldKind(verdict, outcome.record),
      nonce: start.nonce,
    });
    if (!sent) this.#channel.destroy();
  }

  #violated(code: string): void {
    const { log, door, peer } = this.#parts;
    log.violation(door, peer, this.#id, code);
    this.#scope.stop("protocol-violation");
  }

  #noStart(code: NoStart): void {
    if (this.#started || this.#scope.stopReason !== undefined) return;
    this.#parts.log.noStart(this.#parts.door, this.#parts.peer, code);
    this.#scope.stop("helper-gone");
    this.#channel.destroy();
  }

  #lost(): void {
    this.#noStart("gone");
    this.#scope.stop("helper-gone");
  }
}

/**
 * What the application is told. SECURITY: ssh's clients begin keyboard-interactive anew after a refusal, by themselves, and with
 * autopush each time would ring, after a fraud report too. sshd lets nobody begin anew after max-tries.
 */
function toldKind({ kind }: Verdict, { sentUnasked }: Pick<LoginRecord, "sentUnasked">): VerdictKind {
  return kind !== "allow" && sentUnasked ? "max-tries" : kind;
}

/** SECURITY: a stopped login is never an allow, whatever it came to. */
function verdictOfStop(stopped: StopReason): Verdict {
  switch (stopped) {
    case "out-of-time":
    case "shutting-down":
    case "protocol-violation":
      return deny(stopped);
    default:
      return aborted("helper-gone");
  }
}
