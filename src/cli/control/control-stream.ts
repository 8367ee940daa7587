// Following a stream of the daemon's: lines of JSON on control.sock, until one of both ends it. Used by the command logins.

import { request } from "node:http";
import { createInterface } from "node:readline";
import { err, ok, type Result } from "../../core/result.ts";
import { answerOf, controlError } from "./control-client.ts";

export interface StreamFailure {
  /** For a person. */
  readonly words: string;
  /** The daemon is not there, and may come. */
  readonly away: boolean;
}

const AWAY: ReadonlySet<string | undefined> = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE"]);

/** Resolves when the stream has ended: Ok where it had begun. `signal` ends it. */
export function followStream(
  socketPath: string,
  path: string,
  onValue: (value: unknown) => void,
  signal: AbortSignal,
): Promise<Result<void, StreamFailure>> {
  return new Promise((resolve) => {
    const call = request({ socketPath, path, signal }, (response) => {
      const lines = createInterface({ input: response });
      // A daemon that ends in the middle of a line, or the signal; some versions of Node tell it a second time.
      response.on("error", () => lines.close());
      lines.on("error", () => lines.close());
      if (response.statusCode === 200) {
        lines.on("line", (line) => take(line, onValue));
        lines.on("close", () => resolve(ok(undefined)));
        return;
      }
      const texts: string[] = [];
      lines.on("line", (line) => texts.push(line));
      lines.on("close", () => {
        const answer = answerOf(response.statusCode ?? 0, texts.join("\n"));
        resolve(err({ words: answer.ok ? "the daemon gave no stream" : answer.error, away: false }));
      });
    });
    call.on("error", (error: NodeJS.ErrnoException) =>
      resolve(err({ words: controlError(error, socketPath), away: AWAY.has(error.code) })),
    );
    call.end();
  });
}

function take(line: string, onValue: (value: unknown) => void): void {
  try {
    onValue(JSON.parse(line));
  } catch {
    // Half a line, of a daemon that has just ended.
  }
}
