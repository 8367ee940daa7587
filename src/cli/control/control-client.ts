// Asking the daemon through control.sock: one request, one JSON answer (docs/CONTROL.md). Used by the commands status, logins
// and trust; control-stream.ts follows what does not end.

import { request } from "node:http";
import { err, ok, type Result } from "../../core/result.ts";

export const DEFAULT_CONTROL_SOCKET = "/run/duogate/control.sock";
const TIMEOUT_MS = 10_000;

/** The parsed answer, or one sentence for a person about why there is none. */
export function askDaemon(
  socketPath: string,
  method: "GET" | "POST",
  path: string,
  body?: unknown,
): Promise<Result<unknown, string>> {
  return new Promise((resolve) => {
    const refuse = (error: NodeJS.ErrnoException) => resolve(err(controlError(error, socketPath)));
    const call = request({ socketPath, method, path, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", refuse);
      response.on("end", () => resolve(answerOf(response.statusCode ?? 0, Buffer.concat(chunks).toString())));
    });
    call.on("timeout", () => call.destroy(new Error("the daemon did not answer in time")));
    call.on("error", refuse);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What an answer of this HTTP status says. */
export function answerOf(status: number, text: string): Result<unknown, string> {
  try {
    const answer: unknown = JSON.parse(text);
    if (status === 200) return ok(answer);
    const told = typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
    return err(typeof told === "string" ? told : `the daemon answered with HTTP ${status}`);
  } catch {
    return err("the daemon's answer is not JSON");
  }
}

/** Why the daemon cannot be asked, in a sentence with its remedy. */
export function controlError(error: NodeJS.ErrnoException, path: string): string {
  switch (error.code) {
    case "ENOENT":
      return `there is no ${path}: is the daemon running? Look at systemctl status duogated`;
    case "ECONNREFUSED":
      return `nobody listens on ${path}: start the daemon with systemctl start duogated`;
    case "EACCES":
      return `${path} is for root: run this as root`;
    default:
      return error.message;
  }
}
