// The lines that programs inside the sandbox log: PAM modules, sshd, sudo and su, read from sandbox-init's descriptor.
// Opened once for a test file, by sandbox.ts, before anything can log.

import { Socket } from "node:net";
import { PtyText } from "./pty-text.ts";

const WAIT_MS = 40_000;

/** Reads the log from the descriptor. */
export function openSystemLog(fd: number): PtyText {
  const text = new PtyText("system log", WAIT_MS);
  const source = new Socket({ fd, readable: true, writable: false });
  source.setEncoding("utf8").on("data", (chunk: string) => text.feed(chunk));
  source.unref();
  return text;
}

/** The log of a file whose tests do not run. */
export function noSystemLog(): PtyText {
  return new PtyText("system log", 0);
}
