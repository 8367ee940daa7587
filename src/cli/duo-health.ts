// What the daemon's own pings and its check of the keys say about Duo, as log lines: one for each change, not one for
// each ping. It decides nothing about logins.

import { type DuoFailure, failureClass } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import type { PingResult } from "../duo/ping-result.ts";
import type { DuoService } from "../duo/service.ts";
import type { Audit } from "../telemetry/audit.ts";
import type { Logger } from "../telemetry/logger.ts";

export class DuoHealth {
  readonly #logger: Logger;
  readonly #audit: Audit;
  #last = "";

  constructor(logger: Logger, audit: Audit) {
    this.#logger = logger;
    this.#audit = audit;
  }

  /** For `duogate status`: what the last ping came to. */
  get state(): string {
    return this.#last === "well" ? "answers" : this.#last || "not asked yet";
  }

  pinged(result: Result<PingResult, DuoFailure>): void {
    const state = result.ok ? (result.value.believable ? "well" : "clock") : result.error.code;
    const changed = state !== this.#last;
    this.#last = state;
    if (!changed) return;
    if (!result.ok) this.#logger.warn("Duo did not answer a ping", failureFields(result.error));
    else if (!result.value.believable) {
      this.#logger.error("Duo's clock is more than a day from this machine's: set the clock", {
        duo_time: result.value.time,
      });
    } else this.#logger.info("Duo answers");
  }

  /** Reports once whether the keys are right: a wrong one should show at start, not at the first login. */
  async checkKeys(duo: DuoService, signal: AbortSignal): Promise<void> {
    const result = await duo.check(signal);
    if (result.ok) this.#logger.info("Duo accepts the integration key and secret key");
    else if (failureClass(result.error.code) === "misconfiguration") this.#audit.duoMisconfigured(result.error);
    else if (result.error.code !== "cancelled") {
      this.#logger.warn("the keys could not be checked with Duo", failureFields(result.error));
    }
  }
}

function failureFields({ code, stage, httpStatus, duoCode, detail }: DuoFailure): object {
  const answered = httpStatus === undefined ? {} : { http_status: httpStatus, duo_code: duoCode };
  return { failure: code, stage, ...answered, detail };
}
