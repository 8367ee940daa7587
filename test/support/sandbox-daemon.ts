// The daemon as the sandbox runs it: at the place where the PAM stacks look for it, one at a time, its decisions read in
// the order in which they fell. Adds nothing else to gateway.ts.

import { mkdirSync } from "node:fs";
import type { Emulator } from "../emulator/emulator.ts";
import { type DaemonOptions, type LogLine, startDaemon as startAnyDaemon } from "./gateway.ts";

/** As in the module's line in the README. */
const RUNTIME_DIR = "/run/duogate";

export interface SandboxDaemon extends AsyncDisposable {
  /** The next decision that was not handed out yet. */
  decision(): Promise<LogLine>;
  /** Forgets the decisions so far. */
  skip(): void;
  /** Sends the signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

export type SandboxDaemonOptions = Pick<DaemonOptions, "failmode" | "duoLines" | "gatewayLines">;

/** Starts the daemon against the emulator. Resolved once it takes logins. Disposing kills it. */
export async function startDaemon(duo: Emulator, options: SandboxDaemonOptions = {}): Promise<SandboxDaemon> {
  mkdirSync(RUNTIME_DIR, { recursive: true, mode: 0o755 });
  const daemon = await startAnyDaemon({ ...options, duo, folder: RUNTIME_DIR });
  let after = 0;
  const kill = async (signal: NodeJS.Signals) => {
    daemon.kill(signal);
    await daemon.exited;
  };
  return {
    async decision() {
      const line = await daemon.event("decision", { after });
      after = daemon.lines.indexOf(line) + 1;
      return line;
    },
    skip() {
      after = daemon.lines.length;
    },
    kill,
    [Symbol.asyncDispose]: () => kill("SIGKILL"),
  };
}
