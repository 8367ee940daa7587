// The daemon's side of docs/PROTOCOL.md section 3 as a state machine: which message may come now, which may be sent. Pure:
// it knows neither bytes nor sockets.
//
//   state      may come   then       may be sent                             then
//   accepted   START      started    nothing
//   started    nothing               WELCOME first, INFO, ERROR, KEEPALIVE   started
//                                    PROMPT                                  prompting
//                                    VERDICT                                 ended
//   prompting  ANSWER     started    nothing
//   ended      nothing               nothing

import type { DaemonMessage, HelperMessage } from "../wire/messages.ts";

export type DialogueState = "accepted" | "started" | "prompting" | "ended";

export class Dialogue {
  #state: DialogueState = "accepted";
  #welcomed = false;

  get state(): DialogueState {
    return this.#state;
  }

  /** True when `message` is permitted now; the state moves on. False is a violation: the state is `ended`. */
  received(message: HelperMessage["kind"]): boolean {
    const wanted = this.#state === "accepted" ? "start" : this.#state === "prompting" ? "answer" : undefined;
    this.#state = message === wanted ? "started" : "ended";
    return message === wanted;
  }

  /** The same for a message that we are about to send. False leaves the state alone: it must not be sent. */
  sending(message: DaemonMessage["kind"]): boolean {
    if (this.#state !== "started" || this.#welcomed === (message === "welcome")) return false;
    if (message === "welcome") this.#welcomed = true;
    if (message === "prompt") this.#state = "prompting";
    if (message === "verdict") this.#state = "ended";
    return true;
  }

  /** The connection is lost or given up. */
  end(): void {
    this.#state = "ended";
  }
}
