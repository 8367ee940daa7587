// The signals that ask a process to end, as one AbortSignal: what was begun is put back first, and then the process ends by
// itself. Used by enable, disable and the watcher.

/**
 * From here on none of these signals ends the process. What is written to a terminal that is gone fails without a trace
 * (main.ts), so that it does not keep us from putting the file back.
 */
export function endingSignal(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ending.abort());
  return ending.signal;
}
