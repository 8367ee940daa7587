// Owns the login that a person types: shows what sshd would show, reads what they type, and says at the end what libpam and the
// daemon made of it. Called by the menu.

import type { PamMessage } from "../../src/ffi/pam-channel.ts";
import type { Converse } from "../../src/ffi/pam-request.ts";
import type { Ending } from "./ending.ts";
import type { Keyboard } from "./keyboard.ts";
import { type LivePhone, liveCalls, liveMessages } from "./live-phone.ts";
import type { Paint } from "./paint.ts";
import { CLIENT_ADDRESS, runLogin } from "./play.ts";
import { MACHINE, type Stage } from "./stage.ts";
import type { Print } from "./tour.ts";

export interface LiveLogin {
  readonly stage: Stage;
  readonly user: string;
  readonly keyboard: Keyboard;
  readonly paint: Paint;
  readonly print: Print;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}

export async function liveLogin(login: LiveLogin): Promise<void> {
  const { stage, user, keyboard, paint, print, signal } = login;
  stage.emulator.reset();
  await stage.setFailmode("secure");
  print("");
  print(paint.dim(`$ ssh ${user}@${MACHINE}        (from ${CLIENT_ADDRESS}; the password was right)`));
  print(paint.dim("Pick a factor, or type a passcode: 200001 is on her token, 100001 in her phone. Ctrl-D gives up."));
  print("");
  const over = new AbortController();
  const phoneSignal = AbortSignal.any([over.signal, signal]);
  const phone: LivePhone = { emulator: stage.emulator, user, keyboard, paint, print, signal: phoneSignal };
  const devices = Promise.all([liveCalls(phone), liveMessages(phone)]).catch((error: unknown) => {
    if (!phoneSignal.aborted) throw error;
  });
  try {
    const ending = await Promise.race([runLogin(stage, user, typed(login), signal), defectOf(devices)]);
    for (const line of verdictLines(paint, user, ending)) print(line);
  } finally {
    over.abort();
    await devices;
  }
}

/** Rejects as `devices` does, and never resolves. */
function defectOf(devices: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => void devices.catch(reject));
}

function typed({ keyboard, write }: LiveLogin): Converse {
  return async (messages: readonly PamMessage[], signal) => {
    const answers: string[] = [];
    for (const { style, text } of messages) {
      const isPrompt = style.startsWith("prompt");
      write(isPrompt ? text : `${text}\n`);
      if (!isPrompt) continue;
      const line = await keyboard.line(style === "prompt-echo-on", signal).catch(() => undefined);
      if (line === undefined) return undefined;
      answers.push(line);
    }
    return answers;
  };
}

function verdictLines(paint: Paint, user: string, ending: Ending): readonly string[] {
  const { signs } = paint;
  const isIn = ending.pam === "PAM_SUCCESS";
  const head = isIn ? paint.green(`${signs.right} ${user} is in.`) : paint.red(`${signs.wrong} ${user} is not let in.`);
  return [
    "",
    paint.bold(head),
    paint.dim(`  libpam   ${ending.pam} (${ending.pamText})`),
    paint.dim(`  duogated ${ending.verdict}, because: ${ending.reason} ("${ending.message}")`),
  ];
}
