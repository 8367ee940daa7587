// Owns the phone that a person answers on the same terminal: a panel for each push, call or text message that arrives.
// Called by live-login.ts. It asks for one key while the login waits, so the two never want the keyboard at once.

import type { Emulator } from "../emulator/emulator.ts";
import type { PushRecord } from "../emulator/store/records.ts";
import type { Keyboard } from "./keyboard.ts";
import { boxed, type Paint } from "./paint.ts";
import { pushLines } from "./phone.ts";
import type { Print } from "./tour.ts";

export interface LivePhone {
  readonly emulator: Emulator;
  readonly user: string;
  readonly keyboard: Keyboard;
  readonly paint: Paint;
  readonly print: Print;
  readonly signal: AbortSignal;
}

/** Answers whatever arrives until the signal fires, with whose reason it rejects. */
export async function liveCalls(phone: LivePhone): Promise<never> {
  const { emulator, user, signal } = phone;
  for (;;) {
    const push = await emulator.nextPush(user, { signal });
    if (push.factor === "phone") await takeCall(phone);
    else await takePush(phone, push);
  }
}

/** Shows text messages until the signal fires. */
export async function liveMessages({ emulator, user, paint, print, signal }: LivePhone): Promise<never> {
  for (;;) {
    const { codes } = await emulator.nextMessage(user, { signal });
    panel(paint, print, `${user}'s phone: text message`, ["SMS passcodes:", ...inRows(codes, 4)]);
  }
}

/** Shorter than the 60 s that Duo gives a push, so that the panel is gone before the login asks again. */
const PATIENCE_MS = 55_000;

async function takePush(phone: LivePhone, push: PushRecord): Promise<void> {
  const { emulator, user, paint, print } = phone;
  panel(paint, print, `${user}'s phone: Duo Mobile`, [
    ...pushLines(push),
    "",
    "[a] approve   [d] deny   [f] it was not me",
  ]);
  switch (await ask(phone, "adf")) {
    case "a":
      return act(phone, "approved", () => emulator.approve(user));
    case "d":
      return act(phone, "denied", () => emulator.deny(user));
    case "":
      return act(phone, "no answer: the request has expired", () => emulator.expire(user));
    default:
      return act(phone, "denied, and reported as fraud", () => emulator.fraud(user));
  }
}

async function takeCall(phone: LivePhone): Promise<void> {
  const { emulator, user, paint, print } = phone;
  panel(paint, print, `${user}'s phone: incoming call`, [
    "Duo: press any key to log in.",
    "",
    "[a] pick up and press a key   [d] hang up",
  ]);
  const key = await ask(phone, "ad");
  if (key !== "a") return act(phone, key === "d" ? "hung up" : "nobody picks up", () => emulator.deny(user));
  act(phone, "picked up, key pressed", () => {
    emulator.pickUp(user);
    emulator.approve(user);
  });
}

/** Empty when nobody presses a key for so long that the request expires. */
async function ask({ keyboard, signal }: LivePhone, keys: string): Promise<string> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  return await keyboard.key(keys, AbortSignal.any([signal, patience])).catch((error: unknown) => {
    if (patience.aborted && !signal.aborted) return "";
    throw error;
  });
}

function act({ print, paint }: LivePhone, done: string, answer: () => void): void {
  print(paint.yellow(`        ${paint.signs.arrow} ${done}`));
  print("");
  answer();
}

function panel(paint: Paint, print: Print, title: string, lines: readonly string[]): void {
  print("");
  for (const line of boxed(paint, title, lines, paint.yellow)) print(`        ${line}`);
}

function inRows(words: readonly string[], perRow: number): readonly string[] {
  return words.flatMap((_, i) => (i % perRow === 0 ? [words.slice(i, i + perRow).join("  ")] : []));
}
