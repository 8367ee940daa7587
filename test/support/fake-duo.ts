// Duo as login/ sees it, played from a script: each call takes the next scripted reply and is remembered. "hang" waits
// until the login stops, as a long poll does. Used by the tests of login/ and gateway/.

import { displayText } from "../../src/core/display-text.ts";
import type { DuoFailure, DuoFailureCode, DuoStage } from "../../src/core/failure.ts";
import { err, ok, type Result } from "../../src/core/result.ts";
import type { Secret } from "../../src/core/secret.ts";
import type { AuthReply, AuthState, DuoApi, DuoSubject, FactorChoice, Preauth } from "../../src/duo/api.ts";

export type Scripted<T> = T | DuoFailureCode | "hang";

export interface DuoScript {
  /** The last one repeats. */
  readonly preauth: readonly Scripted<Preauth>[];
  /** More auth calls than scripted is a defect. */
  readonly auth?: readonly Scripted<AuthReply>[];
  /** The last one repeats. */
  readonly authStatus?: readonly Scripted<AuthState>[];
  /** Runs at every call, before its reply. */
  readonly onCall?: (stage: DuoStage) => void;
}

/** More than any login needs. */
const CALLS_MAX = 500;

export type DuoCall =
  | { readonly stage: "preauth"; readonly subject: DuoSubject; readonly token?: string }
  | { readonly stage: "auth"; readonly subject: DuoSubject; readonly choice: FactorChoice }
  | { readonly stage: "auth_status"; readonly txid: string };

export class FakeDuo implements DuoApi {
  readonly calls: DuoCall[] = [];
  readonly #script: DuoScript;
  readonly #counts = { preauth: 0, auth: 0, auth_status: 0 };

  constructor(script: DuoScript) {
    this.#script = script;
  }

  preauth(subject: DuoSubject, signal: AbortSignal, token?: Secret): Promise<Result<Preauth, DuoFailure>> {
    const presented = token === undefined ? {} : { token: token.reveal() };
    return this.#play({ stage: "preauth", subject, ...presented }, this.#script.preauth, signal, true);
  }

  auth(subject: DuoSubject, choice: FactorChoice, signal: AbortSignal): Promise<Result<AuthReply, DuoFailure>> {
    return this.#play({ stage: "auth", subject, choice }, this.#script.auth ?? [], signal, false);
  }

  authStatus(txid: string, signal: AbortSignal): Promise<Result<AuthState, DuoFailure>> {
    return this.#play({ stage: "auth_status", txid }, this.#script.authStatus ?? [], signal, true);
  }

  count(stage: DuoCall["stage"]): number {
    return this.calls.filter((call) => call.stage === stage).length;
  }

  /** What was chosen in each auth call. */
  get choices(): readonly FactorChoice[] {
    return this.calls.flatMap((call) => (call.stage === "auth" ? [call.choice] : []));
  }

  async #play<T extends object>(
    call: DuoCall,
    script: readonly Scripted<T>[],
    signal: AbortSignal,
    repeats: boolean,
  ): Promise<Result<T, DuoFailure>> {
    const { stage } = call;
    if (signal.aborted) return err(failure("cancelled", stage));
    this.calls.push(call);
    // A login that asks without a pause would spin for ever: the fake clock stands still meanwhile.
    if (this.calls.length > CALLS_MAX) throw new Error(`Duo was called more than ${CALLS_MAX} times`);
    this.#script.onCall?.(stage);
    const at = this.#counts[stage];
    this.#counts[stage] += 1;
    const reply = script[repeats ? Math.min(at, script.length - 1) : at];
    if (reply === undefined) throw new Error(`${stage} call number ${at + 1} is not in the script`);
    if (reply === "hang") await aborted(signal);
    if (signal.aborted) return err(failure("cancelled", stage));
    if (typeof reply === "string") return err(failure(reply === "hang" ? "cancelled" : reply, stage));
    return ok(reply);
  }
}

export function failure(code: DuoFailureCode, stage: DuoStage = "preauth"): DuoFailure {
  return { code, stage, detail: `scripted ${code}` };
}

export function state(result: AuthState["result"], status: string, message = ""): AuthState {
  return { result, status, message: displayText(message) };
}

export function final(result: AuthState["result"], status: string, message = ""): AuthReply {
  return { kind: "final", state: state(result, status, message), txid: undefined };
}

export const PENDING: AuthReply = { kind: "pending", txid: "tx-1" };

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
