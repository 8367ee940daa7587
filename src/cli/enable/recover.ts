// Puts back every change that waits and that no process looks after any more: what a machine does at its start, since a loss of
// power ends the watcher too. Called by the command enable-recover.

import { EXIT } from "../exit-codes.ts";
import { lockedState } from "./enable.ts";
import type { EnableParts } from "./parts.ts";
import { pendingServices } from "./pending.ts";

/** Returns the exit code. A service that somebody works on is left to them. */
export async function recover(
  folder: string,
  parts: Pick<EnableParts, "libc" | "print" | "complain">,
): Promise<number> {
  let code: number = EXIT.ok;
  for (const service of await pendingServices(folder)) {
    const locked = await lockedState(service, folder, parts);
    if (locked.ok) await locked.value.release();
    else {
      parts.complain(locked.error);
      code = EXIT.cannotRun;
    }
  }
  return code;
}
