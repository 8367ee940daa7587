// Owns what a login came to: libpam's code, the daemon's decision, the pushes that reached a phone; and the comparison with
// what a scene expects. Pure. Called by play.ts, the tour and the interactive login.

import type { PamResult } from "../../src/ffi/pam.ts";
import type { LogLine } from "../support/gateway.ts";
import type { Scene } from "./scenes.ts";

export interface Ending {
  /** A PAM code's name, or why there is none. */
  readonly pam: string;
  readonly pamText: string;
  readonly verdict: string;
  readonly reason: string;
  /** The daemon's message for its administrator. */
  readonly message: string;
  readonly pushes: number;
  readonly elapsedMs: number;
}

export interface Mismatch {
  readonly what: string;
  readonly expected: string;
  readonly got: string;
}

/** `decision` is the daemon's line about this login; undefined when it wrote none. */
export function endingOf(
  result: PamResult,
  decision: LogLine | undefined,
  facts: Pick<Ending, "pushes" | "elapsedMs">,
): Ending {
  const word = (key: string): string => String(decision?.[key] ?? "no decision");
  const pam = result.ok ? (result.value.last.name ?? String(result.value.last.code)) : "no PAM code";
  const pamText = result.ok ? result.value.last.text : JSON.stringify(result.error);
  return { pam, pamText, verdict: word("verdict"), reason: word("reason"), message: word("msg"), ...facts };
}

/** Empty when the scene ended as it should. `screen` is all that the user saw. */
export function compare({ expected, phone }: Scene, ending: Ending, screen: string): readonly Mismatch[] {
  const pairs: readonly (readonly [string, string, string])[] = [
    ["PAM code", expected.pam, ending.pam],
    ["verdict", expected.verdict, ending.verdict],
    ["reason", expected.reason, ending.reason],
    ["pushes", String(phone.length), String(ending.pushes)],
  ];
  const found = pairs.flatMap(([what, want, got]) => (want === got ? [] : [{ what, expected: want, got }]));
  if (expected.shows === undefined || screen.includes(expected.shows)) return found;
  return [...found, { what: "screen", expected: expected.shows, got: screen.replaceAll("\n", " / ") }];
}
