// What the scenes and the other system tests do at the second factor: answer the menu, wait for the phone, see what Duo was
// asked. No test stands here.

import type { Emulator } from "../emulator/emulator.ts";
import type { PushRecord } from "../emulator/store/records.ts";
import type { Pty } from "../support/pty.ts";
import type { Door } from "../support/sandbox-doors.ts";

export interface Stage {
  readonly screen: Pty;
  readonly duo: Emulator;
  readonly door: Door;
  readonly user: string;
}

/** The end of the menu. The cursor stands behind it. */
export const MENU = /Passcode or option \(1-3\): $/u;

/** Phones ring and messages arrive at once here; this is the end of a hung test. */
export const RING_DEADLINE_MS = 40_000;

/** Waits until the user's phone rings. */
export function ring(duo: Emulator, user: string): Promise<PushRecord> {
  return duo.nextPush(user, { signal: AbortSignal.timeout(RING_DEADLINE_MS) });
}

/** The names for which Duo was asked, in order. Only preauth names somebody; the daemon's own ping and check do not. */
export function askedNames(duo: Emulator): readonly (string | undefined)[] {
  return duo.requests.filter(({ endpoint }) => endpoint === "preauth").map(({ params }) => params["username"]);
}

/** Answers at the menu. */
export async function choose({ screen }: Pick<Stage, "screen">, answer: string): Promise<void> {
  await screen.waitFor(MENU);
  screen.sendLine(answer);
}
