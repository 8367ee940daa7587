// What is known of one push or call: not sent, perhaps at Duo, at Duo under its txid, over. It says how long the user's slot
// has to be held for it; it sends and asks nothing.
//
//   state      event                                         then
//   unsent     sending()                                     sending
//   sending    auth gave a decision, or a refusal            over
//              auth gave a txid                              out, to be asked for
//              auth failed otherwise                         out, perhaps
//   out        a final state                                 over

import type { Clock } from "../core/clock.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import type { AuthReply, AuthState } from "../duo/api.ts";

/** Duo gives up on a push 60 s after it took the request, which is before its answer can be read. */
export const PUSH_LIFE_MS = 60_000;
/** A request whose answer was not read may reach Duo a little after we have stopped waiting for it. */
export const UNREAD_MARGIN_MS = 5000;

type State =
  | { readonly kind: "unsent" | "over" }
  | { readonly kind: "sending" }
  | { readonly kind: "out"; readonly txid: string | undefined; readonly untilMs: number };

export class PushFlight {
  readonly #clock: Clock;
  #state: State = { kind: "unsent" };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds for which it can still be on the user's phone; 0 when it cannot. */
  get remainingMs(): number {
    if (this.#state.kind === "sending") return PUSH_LIFE_MS + UNREAD_MARGIN_MS;
    return this.#state.kind === "out" ? Math.max(0, this.#state.untilMs - this.#clock.now()) : 0;
  }

  /** Where to ask for its end; undefined where Duo's answer to auth was not read. */
  get txid(): string | undefined {
    return this.#state.kind === "out" ? this.#state.txid : undefined;
  }

  sending(): void {
    this.#state = { kind: "sending" };
  }

  /** What auth came to. */
  answered(reply: Result<AuthReply, DuoFailure>): void {
    if (this.#state.kind !== "sending") return;
    const now = this.#clock.now();
    if (!reply.ok && mayBeOut(reply.error)) {
      this.#state = { kind: "out", txid: undefined, untilMs: now + PUSH_LIFE_MS + UNREAD_MARGIN_MS };
    } else if (reply.ok && reply.value.kind === "pending") {
      this.#state = { kind: "out", txid: reply.value.txid, untilMs: now + PUSH_LIFE_MS };
    } else this.#state = { kind: "over" };
  }

  /** What a question for its state came to. */
  heard(reply: Result<AuthState, DuoFailure>): void {
    if (reply.ok && isFinal(reply.value)) this.#state = { kind: "over" };
  }
}

/** `timeout` is final, whatever the result next to it says: sources disagree about that. */
export function isFinal({ result, status }: AuthState): boolean {
  return result !== "waiting" || status === "timeout";
}

/**
 * SECURITY: only a refusal that Duo can have given instead of sending, and a connection that was never made, prove that no
 * phone rings. All else, codes that are new here included, counts as sent.
 */
function mayBeOut({ code, stage }: DuoFailure): boolean {
  if (stage !== "auth") return false;
  switch (code) {
    case "bad-request":
    case "bad-keys":
    case "bad-signature":
    case "forbidden":
    case "bad-clock":
    case "rate-limited":
    case "proxy-refused":
      return false;
    default:
      return true;
  }
}
