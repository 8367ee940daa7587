// A stream of lines to a reader that may be slow, or stop reading: what it does not take is left out and counted, so that it can
// cost neither memory nor a login. Used by control-server.ts.

import type { Writable } from "node:stream";

export interface LineStream {
  /** One JSON value on a line of its own; left out while the reader is behind. */
  write(value: unknown): void;
  /** Several at once, whatever the reader: for a beginning of bounded size. */
  begin(values: readonly unknown[]): void;
}

/** After a gap, the reader is told how many values it missed: `{"notice":"lost","count":3}`. */
export function lineStream(to: Writable): LineStream {
  let behind = false;
  let lost = 0;
  const send = (text: string) => {
    behind = !to.write(text);
  };
  to.on("drain", () => {
    behind = false;
    if (lost === 0) return;
    const count = lost;
    lost = 0;
    send(line({ notice: "lost", count }));
  });
  return {
    write(value) {
      if (behind) lost += 1;
      else send(line(value));
    },
    begin: (values) => send(values.map(line).join("")),
  };
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
