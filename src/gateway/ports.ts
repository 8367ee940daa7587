// What the gateway needs from the composition root: who is at the other end of a socket, the settings in force with the
// Duo service that belongs to them, and where decisions are written.

import type { Socket } from "node:net";
import type { LoginFacts } from "../core/facts.ts";
import type { Result } from "../core/result.ts";
import type { StopReason } from "../core/scope.ts";
import type { Verdict } from "../core/verdict.ts";
import type { DuoApi } from "../duo/api.ts";
import type { LoginPolicy } from "../login/context.ts";
import type { LoginRecord } from "../login/record.ts";
import type { AdmissionLimits, Door } from "./admission.ts";

export interface Peer {
  readonly pid: number;
  readonly uid: number;
}

/** SO_PEERCRED. A connection whose peer cannot be told is closed. */
export type ReadPeer = (socket: Socket) => Result<Peer, string>;

/** What a helper on login.sock may say and have believed. */
export interface LoginDoorRules {
  /** Local accounts that may log in under another name at Duo. */
  readonly users: readonly { readonly local: string; readonly duo: string }[];
  readonly acceptFactor: boolean;
  readonly trustAddress: boolean;
}

/** What the configuration says for one PAM service, with the Duo application that its logins go to. */
export interface ServiceTerms {
  readonly policy: LoginPolicy;
  readonly loginDoor: LoginDoorRules;
  readonly duo: DuoApi;
}

/** One configuration in force and its Duo services. Taken at accept, so that a reload never changes a login under way. */
export interface Lease {
  readonly limits: AdmissionLimits;
  readonly answerTimeoutMs: number;
  readonly loginTimeoutMs: number;
  /** By the service that START names, and the socket that it came by. */
  termsFor(service: string, door: Door): ServiceTerms;
  /** Keeps its Duo services open after release() too, until the function that it returns is called. */
  keep(): () => void;
  release(): void;
}

export interface Decision {
  readonly transaction: string;
  readonly door: Door;
  readonly peer: Peer;
  readonly facts: LoginFacts;
  readonly verdict: Verdict;
  readonly record: Readonly<LoginRecord>;
  readonly durationMs: number;
}

/** Why a helper has not said START: it left, it took too long, or others needed its place. */
export type NoStart = "gone" | "timeout" | "cut";

export interface GatewayLog {
  decision(decision: Decision): void;
  /** Duo said allow after the login had been stopped; nobody was let in. */
  lateAllow(decision: Decision, stopped: StopReason): void;
  /** Closed at accept, unheard. */
  connectionRefused(door: Door, detail: string): void;
  /** `code` is a rule of docs/PROTOCOL.md. */
  violation(door: Door, peer: Peer, transaction: string, code: string): void;
  noStart(door: Door, peer: Peer, code: NoStart): void;
  defect(transaction: string, error: unknown): void;
  listenerFailed(door: Door, error: Error): void;
}
