// Owns a phone that follows a script: waits for each push at the emulator, shows it, and does what the scene says.
// Called by play.ts; the phone that a person answers is in live-phone.ts.

import type { Emulator } from "../emulator/emulator.ts";
import type { PushRecord } from "../emulator/store/records.ts";
import type { PhoneAct } from "./scenes.ts";
import type { Transcript } from "./transcript.ts";

export interface ScriptedPhone {
  readonly emulator: Emulator;
  readonly user: string;
  readonly acts: readonly PhoneAct[];
  readonly transcript: Transcript;
  readonly signal: AbortSignal;
}

/** Resolves when every act is done; rejects with the signal's reason when the login ends first. */
export async function usePhone({ emulator, user, acts, transcript, signal }: ScriptedPhone): Promise<void> {
  for (const act of acts) {
    const push = await emulator.nextPush(user, { signal });
    // Read where the user reads it, not from the emulator's records: a code that is not on the screen must not pass.
    const code = act === "enter-code" ? await transcript.found("screen", /code (\d+)/, signal) : undefined;
    transcript.add("phone", [...pushLines(push), actWords(act, code)].join("\n"));
    respond(emulator, user, act, code);
  }
}

function actWords(act: PhoneAct, code: string | undefined): string {
  const words = { approve: "[Approve]", deny: "[Deny]", fraud: "[Deny] [It was not me]" } as const;
  return act === "enter-code" ? `Code from the login's screen: ${code}  [Verify]` : words[act];
}

function respond(emulator: Emulator, user: string, act: PhoneAct, code: string | undefined): void {
  if (act === "deny") emulator.deny(user);
  else if (act === "fraud") emulator.fraud(user);
  else emulator.approve(user, code);
}

/** What Duo Mobile shows of a login. */
export function pushLines({ user, displayUsername, hostname, ipaddr, info }: PushRecord): readonly string[] {
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ["User", displayUsername ?? user],
    ["Machine", hostname],
    ["From", ipaddr],
    ...info.map(({ key, value }) => [key, value] as const),
  ];
  const known = pairs.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
  return ["Are you logging in?", ...known];
}
