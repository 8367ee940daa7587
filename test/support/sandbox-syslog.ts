// The lines that programs inside the sandbox log: PAM modules, sshd, sudo and su, read from sandbox-init's descriptor.
// One per test file. It must be opened before the first login, so that nothing is missed.

import { Socket } from "node:net";
import { type Pattern, PtyText } from "./pty-text.ts";
import { SANDBOX_VARIABLE } from "./sandbox.ts";

export interface SystemLog {
  /** The next matching text after the previous match. Fails after 20 s. */
  waitFor(pattern: Pattern): Promise<RegExpExecArray>;
  /** The next wait looks at later lines only. */
  skip(): void;
  readonly transcript: string;
}

const WAIT_MS = 20_000;

export function openSystemLog(): SystemLog {
  const text = new PtyText("system log", WAIT_MS);
  const source = new Socket({ fd: Number(process.env[SANDBOX_VARIABLE]), readable: true, writable: false });
  source.setEncoding("utf8").on("data", (chunk: string) => text.feed(chunk));
  source.unref();
  return {
    waitFor: (pattern) => text.waitFor(pattern),
    skip: () => text.skip(),
    get transcript() {
      return text.transcript;
    },
  };
}
