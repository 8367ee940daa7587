// What the daemon's own pings, its check of the keys and the certificates say about Duo, as log lines: one for each change,
// not one for each ping. It decides nothing about logins.

import type { Clock } from "../../core/clock.ts";
import { type DuoFailure, type DuoFailureCode, failureClass } from "../../core/failure.ts";
import type { Result } from "../../core/result.ts";
import type { PingResult } from "../../duo/ping-result.ts";
import type { DuoService, DuoServiceEvents } from "../../duo/service.ts";
import type { Root } from "../../duo/trust.ts";
import type { Audit } from "../../telemetry/audit.ts";
import type { Logger } from "../../telemetry/logger.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** As long as `duogate check` warns before. */
const ROOT_WARNING_MS = 90 * DAY_MS;
/** Well below the 300 s at which Duo refuses requests, well above what a network does to a ping. */
const OFFSET_WARNING_MS = 30_000;

export type KeyState = "not-tried" | "accepted" | DuoFailureCode;

export class DuoHealth {
  readonly #logger: Logger;
  readonly #audit: Audit;
  readonly #clock: Clock;
  /** When each root was last warned of, by its subject. */
  readonly #warned = new Map<string, number>();
  #last = "";
  #keys: KeyState = "not-tried";
  #offsetMs: number | undefined;
  #rootExpiresMs: number | undefined;

  constructor(logger: Logger, audit: Audit, clock: Clock) {
    this.#logger = logger;
    this.#audit = audit;
    this.#clock = clock;
  }

  /** For `duogate status`: what the last ping came to. */
  get state(): string {
    return this.#last === "well" ? "answers" : this.#last || "not asked yet";
  }

  /** Whether Duo takes our keys, or why it refuses this machine, by the last call that it answered. */
  get keys(): KeyState {
    return this.#keys;
  }

  /** Duo's clock less this machine's, by the last ping that was answered. */
  get clockOffsetMs(): number | undefined {
    return this.#offsetMs;
  }

  /** Until when the root is good that Duo's certificate led to at the last full handshake; milliseconds since 1970. */
  get rootExpiresMs(): number | undefined {
    return this.#rootExpiresMs;
  }

  /** What a signed call came to. */
  called(result: Result<unknown, DuoFailure>): void {
    if (result.ok) this.#keys = "accepted";
    else if (failureClass(result.error.code) === "misconfiguration") this.#keys = result.error.code;
  }

  /** For createDuoService. */
  get events(): DuoServiceEvents {
    return {
      onPing: (result, offsetMs) => this.pinged(result, offsetMs),
      onOutageBegin: (failure) => this.#audit.outageBegin(failure),
      onOutageEnd: (facts) => this.#audit.outageEnd(facts),
      onRoot: (root) => this.sawRoot(root),
      onCall: (result) => this.called(result),
      // How long it takes says nothing about how Duo is.
      onExchange: () => undefined,
    };
  }

  /** Warns, at most once a day, that the root which Duo's certificate leads to will not be good for long. */
  sawRoot({ subject, expiresMs }: Root): void {
    this.#rootExpiresMs = expiresMs;
    const now = this.#clock.wallMs();
    if (expiresMs > now + ROOT_WARNING_MS || now - (this.#warned.get(subject) ?? 0) < DAY_MS) return;
    this.#warned.set(subject, now);
    this.#logger.warn("The certificate authority that Duo uses expires soon: see cafile in CONFIG.md", {
      subject,
      expires: new Date(expiresMs).toISOString().slice(0, 10),
    });
  }

  pinged(result: Result<PingResult, DuoFailure>, offsetMs = 0): void {
    const state = pingState(result, offsetMs);
    const changed = state !== this.#last;
    if (result.ok) this.#offsetMs = offsetMs;
    this.#last = state;
    if (!changed) return;
    if (!result.ok && result.error.code === "local-trouble") {
      this.#logger.error(
        "This machine cannot ask Duo, by its own trouble: logins are denied until it is over",
        failureFields(result.error),
      );
    } else if (!result.ok) this.#logger.warn("Duo did not answer a ping", failureFields(result.error));
    else if (!result.value.believable) {
      this.#logger.error("Duo's clock is more than a day from this machine's: set the clock", {
        duo_time: result.value.time,
      });
    } else if (state === "offset") {
      this.#logger.warn("This machine's clock is wrong: requests are dated by Duo's, but set the clock", {
        offset_s: Math.round(offsetMs / 1000),
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

function pingState(result: Result<PingResult, DuoFailure>, offsetMs: number): string {
  if (!result.ok) return result.error.code;
  if (!result.value.believable) return "clock";
  return Math.abs(offsetMs) > OFFSET_WARNING_MS ? "offset" : "well";
}

function failureFields({ code, stage, httpStatus, duoCode, detail }: DuoFailure): object {
  const answered = httpStatus === undefined ? {} : { http_status: httpStatus, duo_code: duoCode };
  return { failure: code, stage, ...answered, detail };
}
