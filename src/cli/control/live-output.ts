// Standard output for a command that goes on until somebody stops it: Ctrl-C, SIGTERM, or a reader that has gone, such as head.
// Whether there are colours is known here too. Used by the command logins.

export interface LiveOutput {
  /** A terminal that shows them, and a user who does not mind. */
  readonly colour: boolean;
  line(text: string): void;
  /** Aborted when nobody wants more. */
  readonly over: AbortSignal;
  /** Takes back what was attached to the process. */
  close(): void;
}

export function liveOutput(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): LiveOutput {
  const over = new AbortController();
  const stop = () => over.abort("stopped");
  // EPIPE, and anything else that a write comes to: there is nobody to say it to.
  stream.on("error", stop);
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    // NO_COLOR by its rule (no-color.org): there and not empty.
    colour: stream.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb",
    line(text) {
      if (!over.signal.aborted) stream.write(`${text}\n`);
    },
    over: over.signal,
    close() {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
