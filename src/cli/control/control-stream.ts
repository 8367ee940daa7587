// Following a stream of the daemon's: lines of JSON on control.sock, until one of both ends it. SECURITY: as in
// control-client.ts; a stream goes on for ever, but each of its lines ends, and it begins in time.

import { request } from "node:http";
import { parseBounded } from "../../core/bounded-json.ts";
import type { DisplayText } from "../../core/display-text.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { ANSWER_MAX_BYTES, readBody } from "./bounded-body.ts";
import { boundedLines } from "./bounded-lines.ts";
import { ANSWER_TIMEOUT_MS, answerOf, controlError, tooSlow } from "./control-client.ts";

export interface StreamFailure {
  /** For a person. */
  readonly words: DisplayText;
  /** The daemon is not there, and may come. */
  readonly away: boolean;
}

const AWAY: ReadonlySet<string | undefined> = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE"]);
/** A decision has some dozen fields of 256 bytes at most. */
export const LINE_MAX_BYTES = 16 * 1024;

/** Resolves when the stream has ended: Ok where it had begun, whatever ended it but a line without an end. */
export function followStream(
  socketPath: string,
  path: string,
  onValue: (value: unknown) => void,
  signal: AbortSignal,
  timeoutMs: number = ANSWER_TIMEOUT_MS,
): Promise<Result<void, StreamFailure>> {
  return new Promise((resolve) => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const words = late.signal.aborted ? tooSlow(timeoutMs) : controlError(error, socketPath);
      resolve(err({ words, away: !late.signal.aborted && AWAY.has(error.code) }));
    };
    const call = request({ socketPath, path, signal: AbortSignal.any([signal, late.signal]) }, (response) => {
      if (response.statusCode !== 200) {
        void readBody(response, ANSWER_MAX_BYTES).then((text) => {
          if (!text.ok) return fail(text.error);
          clearTimeout(timer);
          const answer = answerOf(response.statusCode ?? 0, text.value);
          resolve(
            err({
              words: answer.ok ? controlError(new Error("the daemon gave no stream"), path) : answer.error,
              away: false,
            }),
          );
        });
        return;
      }
      clearTimeout(timer);
      let endless: Error | undefined;
      boundedLines(response, LINE_MAX_BYTES, (line) => take(line, onValue));
      // A daemon that ends in the middle of a line, or the signal, is an end like any other.
      response.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code === undefined && !signal.aborted) endless = error;
      });
      response.on("close", () =>
        resolve(endless === undefined ? ok(undefined) : err({ words: controlError(endless, socketPath), away: false })),
      );
    });
    call.on("error", fail);
    call.end();
  });
}

function take(line: string, onValue: (value: unknown) => void): void {
  let value: unknown;
  try {
    value = parseBounded(line);
  } catch {
    // Half a line, of a daemon that has just ended.
    return;
  }
  onValue(value);
}
