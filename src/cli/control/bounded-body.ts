// An answer of another process, read with an end: so many bytes and no more. Time is the caller's signal.

import type { IncomingMessage } from "node:http";
import { err, ok, type Result } from "../../core/result.ts";

/** The longest answer there is, 200 decisions of the longest names, has half of that. */
export const ANSWER_MAX_BYTES = 1024 * 1024;

/** The text, or why there is none: more than `maxBytes`, or an end in the middle. */
export function readBody(response: IncomingMessage, maxBytes: number): Promise<Result<string, Error>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else response.destroy(new Error(`the daemon's answer is longer than ${maxBytes} bytes`));
    });
    response.on("error", (error) => resolve(err(error)));
    response.on("end", () => resolve(ok(Buffer.concat(chunks).toString())));
    response.on("close", () => resolve(err(new Error("the daemon's answer ended in the middle"))));
  });
}
