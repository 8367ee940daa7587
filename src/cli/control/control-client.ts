// Asking the daemon through control.sock: one request, one JSON answer (docs/CONTROL.md); control-stream.ts follows what does
// not end. SECURITY: root asks, and the daemon may have been taken over: its answer has a size and a time, and its words are
// made safe to display here.

import { request } from "node:http";
import { parseBounded } from "../../core/bounded-json.ts";
import { type DisplayText, displayText } from "../../core/display-text.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { ANSWER_MAX_BYTES, readBody } from "./bounded-body.ts";

export const DEFAULT_CONTROL_SOCKET = "/run/duogate/control.sock";
/** From the connection to the last byte. */
export const ANSWER_TIMEOUT_MS = 10_000;
/** A refused reload lists every problem of the file. */
const WORDS_MAX_BYTES = 16 * 1024;

/** The parsed answer, or words for a person about why there is none. */
export function askDaemon(
  socketPath: string,
  method: "GET" | "POST",
  path: string,
  body?: unknown,
  timeoutMs: number = ANSWER_TIMEOUT_MS,
): Promise<Result<unknown, DisplayText>> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const refuse = (error: Error) =>
      resolve(err(signal.aborted ? tooSlow(timeoutMs) : controlError(error, socketPath)));
    const call = request({ socketPath, method, path, signal }, (response) => {
      void readBody(response, ANSWER_MAX_BYTES).then((text) =>
        text.ok ? resolve(answerOf(response.statusCode ?? 0, text.value)) : refuse(text.error),
      );
    });
    call.on("error", refuse);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What an answer of this HTTP status says. */
export function answerOf(status: number, text: string): Result<unknown, DisplayText> {
  try {
    const answer = parseBounded(text);
    if (status === 200) return ok(answer);
    const said = typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
    return err(
      displayText(typeof said === "string" ? said : `the daemon answered with HTTP ${status}`, WORDS_MAX_BYTES),
    );
  } catch {
    return err(displayText("the daemon's answer is not JSON, or too deep"));
  }
}

export function tooSlow(timeoutMs: number): DisplayText {
  return displayText(`the daemon did not answer within ${timeoutMs / 1000} s`);
}

/** Why the daemon cannot be asked, in a sentence with its remedy. */
export function controlError(error: NodeJS.ErrnoException, path: string): DisplayText {
  switch (error.code) {
    case "ENOENT":
      return displayText(`there is no ${path}: is the daemon running? Look at systemctl status duogated`);
    case "ECONNREFUSED":
      return displayText(`nobody listens on ${path}: start the daemon with systemctl start duogated`);
    case "EACCES":
      return displayText(`${path} is for root: run this as root`);
    default:
      return displayText(error.message);
  }
}
