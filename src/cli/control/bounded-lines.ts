// Lines of a stream that another process writes, none longer than a limit: readline would keep a line without an end in
// memory until there is none left.

import type { Readable } from "node:stream";

const LF = 10;

/** `onLine` hears each line without its LF; what has none at the end of the stream is left out. */
export function boundedLines(input: Readable, maxBytes: number, onLine: (line: string) => void): void {
  let rest: Buffer[] = [];
  let size = 0;
  input.on("data", (chunk: Buffer) => {
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      const line = [...rest, chunk.subarray(from, at)];
      if (size + at - from > maxBytes) return void input.destroy(tooLong(maxBytes));
      rest = [];
      size = 0;
      from = at + 1;
      onLine(Buffer.concat(line).toString());
    }
    rest.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > maxBytes) input.destroy(tooLong(maxBytes));
    // A byte at a time would be an array of as many parts.
    else if (rest.length > 64) rest = [Buffer.concat(rest)];
  });
}

function tooLong(maxBytes: number): Error {
  return new Error(`the daemon wrote a line longer than ${maxBytes} bytes`);
}
