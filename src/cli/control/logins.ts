// `duogate logins`: the last decisions of the running daemon, and with --follow each one that comes, over restarts of the daemon.
// It asks control.sock and changes nothing.

import type { Clock } from "../../core/clock.ts";
import { sleep } from "../../core/sleep.ts";
import { DECISIONS_KEPT, type DecisionSummary } from "../../gateway/decision-stats.ts";
import { EXIT } from "../exit-codes.ts";
import { askDaemon } from "./control-client.ts";
import { followStream } from "./control-stream.ts";
import { asDecision, decisionLine, safeJson } from "./decision-line.ts";
import type { LiveOutput } from "./live-output.ts";

export interface LoginsOptions {
  readonly socket: string;
  readonly follow: boolean;
  /** How many of the past are shown. */
  readonly last: number;
  readonly user?: string | undefined;
  readonly service?: string | undefined;
  /** Only those that were not let in. */
  readonly denied: boolean;
  readonly json: boolean;
}

/** How often a daemon that has gone is looked for. */
const RETRY_MS = 500;

export class Logins {
  readonly #options: LoginsOptions;
  readonly #out: LiveOutput;
  readonly #complain: (line: string) => void;
  readonly #clock: Clock;
  /** Transaction of the last decision that was heard of, shown or not. */
  #seen: string | undefined;
  /** What came of the past of the stream that has just begun; undefined once it is live. */
  #past: DecisionSummary[] | undefined;
  #waiting = false;

  constructor(options: LoginsOptions, out: LiveOutput, complain: (line: string) => void, clock: Clock) {
    this.#options = options;
    this.#out = out;
    this.#complain = complain;
    this.#clock = clock;
  }

  /** The exit code. */
  run(): Promise<number> {
    return this.#options.follow ? this.#follow() : this.#list();
  }

  async #list(): Promise<number> {
    const answer = await askDaemon(this.#options.socket, "GET", `/decisions?last=${DECISIONS_KEPT}`);
    if (!answer.ok) {
      this.#complain(answer.error);
      return EXIT.cannotRun;
    }
    const { value } = answer;
    const list = typeof value === "object" && value !== null && "decisions" in value ? value.decisions : undefined;
    const decisions = Array.isArray(list) ? list.flatMap((one) => asDecision(one) ?? []) : [];
    if (this.#showLast(decisions.reverse()) === 0)
      this.#complain("the daemon has decided no such login since its start");
    return EXIT.ok;
  }

  async #follow(): Promise<number> {
    const { over } = this.#out;
    for (let streams = 0; ; ) {
      this.#past = [];
      const end = await followStream(this.#options.socket, STREAM, (value) => this.#take(value), over);
      if (over.aborted) return EXIT.ok;
      if (end.ok) streams += 1;
      else if (streams === 0 || !end.error.away) {
        this.#complain(end.error.words);
        return EXIT.cannotRun;
      }
      if (!this.#waiting) this.#complain("the daemon has ended; waiting for it to come back");
      this.#waiting = true;
      await sleep(RETRY_MS, this.#clock, over);
    }
  }

  #take(value: unknown): void {
    const decision = asDecision(value);
    if (decision === undefined) this.#notice(value);
    else if (this.#past !== undefined) {
      this.#past.push(decision);
      // A daemon that never says that its past is over must not fill our memory.
      if (this.#past.length > DECISIONS_KEPT) this.#past.shift();
    } else {
      this.#seen = decision.transaction;
      this.#show(decision);
    }
  }

  #notice(value: unknown): void {
    if (typeof value !== "object" || value === null || !("notice" in value)) return;
    if (value.notice === "live") this.#begin(this.#past ?? []);
    else if (value.notice === "lost" && "count" in value && typeof value.count === "number") {
      this.#complain(`${value.count} decisions were left out: they came faster than they were read`);
    }
  }

  /** The past of a stream is there: at first its end is shown, later what was missed. */
  #begin(past: readonly DecisionSummary[]): void {
    this.#past = undefined;
    if (this.#waiting) this.#complain("the daemon is back");
    const again = this.#waiting;
    this.#waiting = false;
    const missed = past.slice(past.findIndex(({ transaction }) => transaction === this.#seen) + 1);
    this.#seen = past.at(-1)?.transaction ?? this.#seen;
    if (again) for (const decision of missed) this.#show(decision);
    // An empty screen could as well be a command that hangs.
    else if (this.#showLast(past) === 0)
      this.#complain("no such login yet since the daemon's start; Ctrl-C ends the wait");
  }

  #showLast(decisions: readonly DecisionSummary[]): number {
    const fitting = decisions.filter((one) => this.#fits(one));
    const shown = this.#options.last === 0 ? [] : fitting.slice(-this.#options.last);
    for (const decision of shown) this.#write(decision);
    return fitting.length;
  }

  #show(decision: DecisionSummary): void {
    if (this.#fits(decision)) this.#write(decision);
  }

  #write(decision: DecisionSummary): void {
    const { json } = this.#options;
    this.#out.line(json ? safeJson(decision) : decisionLine(decision, this.#out.colour));
  }

  #fits({ user, duoUser, service, verdict }: DecisionSummary): boolean {
    const wanted = this.#options;
    if (wanted.denied && verdict === "allow") return false;
    if (wanted.service !== undefined && service !== wanted.service) return false;
    return wanted.user === undefined || user === wanted.user || duoUser === wanted.user;
  }
}

const STREAM = `/decisions/follow?last=${DECISIONS_KEPT}`;
