// The pairs that Duo Mobile shows with a push. COMPAT(duo_unix): `Server IP` and `Command` are its names, in its order. What
// comes from the caller's environment is shown to the user who approves, and decides nothing.

import { displayLine } from "../core/display-text.ts";
import type { LoginContext } from "./context.ts";

/** A phone shows a few lines of it. */
const COMMAND_MAX_BYTES = 256;
const VALUE_MAX_BYTES = 64;

/** `Command` only with `pushinfo = yes`: it can hold secrets. */
export async function pushInfo(context: LoginContext): Promise<readonly (readonly [string, string])[]> {
  const { policy, facts, requestId, serverAddress } = context;
  const pairs: readonly (readonly [key: string, value: string | undefined, maxBytes: number])[] = [
    ["Server IP", await serverAddress(), VALUE_MAX_BYTES],
    ["Command", policy.pushinfo ? facts.command : undefined, COMMAND_MAX_BYTES],
    ["Service", facts.service, VALUE_MAX_BYTES],
    ["Terminal", facts.tty, VALUE_MAX_BYTES],
    ["Request", requestNumber(requestId), VALUE_MAX_BYTES],
  ];
  return pairs.flatMap(([key, value, maxBytes]) => (value ? [[key, displayLine(value, maxBytes)] as const] : []));
}

/** Enough of the transaction's id to tell two pushes apart and to find the login in the log. */
function requestNumber(id: string): string {
  return id.slice(0, 8);
}
