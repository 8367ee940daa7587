// Owns the ways a person ends the demo or the benchmark early: signals, and a reader of the output that goes away. The
// first aborts, so that everything is taken down in order; a second ends the process at once.
// Called by test/demo/main.ts and test/bench/main.ts.

const SIGNAL_NUMBER = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export type EndingSignal = keyof typeof SIGNAL_NUMBER;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** As if that signal had come; for Ctrl-C on a terminal in raw mode. */
  readonly raise: (name: EndingSignal) => void;
  /** What a shell expects of a process that a signal ended; undefined when none came. */
  readonly exitCode: () => number | undefined;
}

export function watchInterrupts(): Interrupt {
  const controller = new AbortController();
  let code: number | undefined;
  const raise = (name: EndingSignal): void => {
    if (code !== undefined) process.exit(code);
    code = 128 + SIGNAL_NUMBER[name];
    controller.abort(new Error(`interrupted by ${name}`));
  };
  for (const name of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.on(name, raise);
  process.stdout.on("error", () => raise("SIGTERM"));
  return { signal: controller.signal, raise, exitCode: () => code };
}

/** `promise`, but rejects with the signal's reason when that comes first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
