// Owns one login on the stage: a real PAM transaction with the module, from its start to the daemon's decision.
// `runLogin` is for anybody's conversation; `play` gives it a scene's. Called by the tour and the interactive login.

import { type PamResult, runPam } from "../../src/ffi/pam.ts";
import type { PamMessage } from "../../src/ffi/pam-channel.ts";
import type { Converse } from "../../src/ffi/pam-request.ts";
import type { LogLine } from "../support/gateway.ts";
import { type Ending, endingOf } from "./ending.ts";
import { orAborted } from "./interrupt.ts";
import { usePhone } from "./phone.ts";
import type { Scene, Typed } from "./scenes.ts";
import { SERVICE, type Stage } from "./stage.ts";
import type { Transcript } from "./transcript.ts";

/** An address of a documentation network (RFC 5737): where the login comes from. */
export const CLIENT_ADDRESS = "198.51.100.7";
/** The module's own limit is 115 s. */
const LOGIN_LIMIT_MS = 120_000;
const SCENE_LIMIT_MS = 20_000;

/** Rejects with the signal's reason when that comes first. */
export async function runLogin(
  stage: Stage,
  user: string,
  converse: Converse,
  signal: AbortSignal,
  timeoutMs = LOGIN_LIMIT_MS,
): Promise<Ending> {
  const { daemon, emulator, confdir } = stage;
  const after = daemon.lines.length;
  const pushesBefore = emulator.pushes.length;
  const began = performance.now();
  const items = { rhost: CLIENT_ADDRESS, tty: "ssh" };
  const result = await runPam({
    service: SERVICE,
    user,
    confdir,
    items,
    steps: ["authenticate"],
    converse,
    signal,
    timeoutMs,
  });
  signal.throwIfAborted();
  const elapsedMs = performance.now() - began;
  const decision = await decisionOf(stage, result, after, signal);
  return endingOf(result, decision, { pushes: emulator.pushes.length - pushesBefore, elapsedMs });
}

/** Waits for the line only where one must come: a module that never reached the daemon leaves none. */
async function decisionOf(
  { daemon }: Stage,
  result: PamResult,
  after: number,
  signal: AbortSignal,
): Promise<LogLine | undefined> {
  const fits = (line: LogLine): boolean => line["event"] === "decision";
  const past = daemon.lines.slice(after).find(fits);
  if (past !== undefined || !result.ok) return past;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(2000)]);
  return await orAborted(daemon.line(fits, { after }), limit).catch(() => {
    signal.throwIfAborted();
    return undefined;
  });
}

/** Plays a scene from a clean start. Everything seen, typed and tapped goes into the transcript. */
export async function play(stage: Stage, scene: Scene, transcript: Transcript, signal: AbortSignal): Promise<Ending> {
  const { emulator } = stage;
  emulator.reset();
  await stage.setFailmode(scene.failmode ?? "secure");
  if (scene.verifiedPush === true) emulator.setPolicy({ verifiedPushDigits: 6 });
  if (scene.duoDown === true) emulator.fault("connect", { kind: "refuse" });
  const over = new AbortController();
  const phoneSignal = AbortSignal.any([over.signal, signal]);
  const phone = usePhone({ emulator, user: scene.user, acts: scene.phone, transcript, signal: phoneSignal });
  // An act that finds no push is seen in the count of pushes; any other failure comes out below.
  const used = phone.catch((error: unknown) => {
    if (!phoneSignal.aborted) throw error;
  });
  const ending = await runLogin(stage, scene.user, scripted(scene.typed, transcript, used), signal, SCENE_LIMIT_MS);
  over.abort();
  await used;
  transcript.add("daemon", `${ending.verdict}, because: ${ending.reason} ("${ending.message}")`);
  transcript.add("PAM", `${ending.pam} (${ending.pamText})`);
  return ending;
}

/** The user of a scene: types the answers in order, and gives up at a prompt that has none. */
function scripted(typed: readonly Typed[], transcript: Transcript, phoneUsed: Promise<void>): Converse {
  const left = [...typed];
  const answer = async (): Promise<string | undefined> => {
    const next = left.shift();
    if (typeof next === "object") await phoneUsed;
    const text = typeof next === "object" ? next.text : next;
    transcript.add("types", text === undefined ? "(nothing: gives up)" : text === "" ? "(Enter)" : text);
    return text;
  };
  return async (messages: readonly PamMessage[]) => {
    const answers: string[] = [];
    for (const { style, text } of messages) {
      transcript.add("screen", text);
      if (!style.startsWith("prompt")) continue;
      const given = await answer();
      if (given === undefined) return undefined;
      answers.push(given);
    }
    return answers;
  };
}
