// /etc/login.defs, by which login(1) knows how long it waits for a user. Reads. Called by cli/.

import { join } from "node:path";
import { textOrEmpty } from "./text-or-empty.ts";

/** login's own value where the file does not say. */
const TIMEOUT_DEFAULT_S = 60;

/** Milliseconds that login gives a user, the second factor included; 0: for ever. */
export function loginTimeoutMs(root = "/"): number {
  return parseLoginTimeout(textOrEmpty(join(root, "etc/login.defs"))) * 1000;
}

/** Seconds. The last line of the name counts. */
export function parseLoginTimeout(text: string): number {
  const lines = [...text.matchAll(/^[ \t]*LOGIN_TIMEOUT[ \t]+"?(\d+)/gm)];
  return Number(lines.at(-1)?.[1] ?? TIMEOUT_DEFAULT_S);
}
