// A DuoApi for those who can ask as often as they like: so many of their calls are under way at once and no more, whatever Duo's
// pace is. The others wait before they take anything that everybody needs. Polls are not counted, as in transport.ts.

import type { DuoFailure, DuoStage } from "../core/failure.ts";
import { err, type Result } from "../core/result.ts";
import type { DuoApi } from "./api.ts";
import { Turns } from "./transport-turns.ts";

/** `api`, with at most `atOnce` calls under way, their repeats and the waits between these included. */
export function inTurns(api: DuoApi, atOnce: number): DuoApi {
  const turns = new Turns(atOnce);
  const inTurn = async <T>(
    stage: DuoStage,
    signal: AbortSignal,
    call: () => Promise<Result<T, DuoFailure>>,
  ): Promise<Result<T, DuoFailure>> => {
    try {
      await turns.enter(signal);
    } catch {
      return err({ code: "cancelled", stage, detail: "the login ended first" });
    }
    try {
      return await call();
    } finally {
      turns.leave();
    }
  };
  return {
    preauth: (subject, signal, token) => inTurn("preauth", signal, () => api.preauth(subject, signal, token)),
    auth: (subject, choice, signal) => inTurn("auth", signal, () => api.auth(subject, choice, signal)),
    authStatus: (txid, signal) => api.authStatus(txid, signal),
  };
}
