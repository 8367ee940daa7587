// Owns the tour: plays every scene in order, prints each as it happens, and says at the end which did not end as it should.
// Called by main.ts and by the menu.

import { compare, type Ending, type Mismatch } from "./ending.ts";
import type { Paint } from "./paint.ts";
import { play } from "./play.ts";
import { type Scene, scenes } from "./scenes.ts";
import type { Stage } from "./stage.ts";
import { entryLines, Transcript } from "./transcript.ts";

export type Print = (line: string) => void;

/** True when every scene ended as it should. */
export async function tour(stage: Stage, paint: Paint, print: Print, signal: AbortSignal): Promise<boolean> {
  const began = performance.now();
  const failed: string[] = [];
  for (const [i, scene] of scenes.entries()) {
    print("");
    print(paint.bold(`${i + 1} of ${scenes.length}  ${scene.title}`));
    print(paint.dim(scene.story));
    print("");
    const transcript = new Transcript((entry) => {
      for (const line of entryLines(paint, entry)) print(line);
    });
    const ending = await play(stage, scene, transcript, signal);
    const mismatches = compare(scene, ending, transcript.textOf("screen"));
    if (mismatches.length > 0) failed.push(scene.name);
    for (const line of closingLines(paint, scene, ending, mismatches)) print(line);
  }
  // Back to a Duo that answers: the menu goes on with this stage.
  stage.emulator.reset();
  print("");
  for (const line of summary(paint, failed, performance.now() - began)) print(line);
  return failed.length === 0;
}

function closingLines(
  paint: Paint,
  { name, expected }: Scene,
  { elapsedMs }: Ending,
  mismatches: readonly Mismatch[],
): readonly string[] {
  const { signs } = paint;
  if (mismatches.length > 0) {
    const head = paint.red(`          ${signs.wrong} ${name} did not end as it should:`);
    return [
      head,
      ...mismatches.map(({ what, expected: want, got }) => `            ${what}: expected ${want}, got ${got}`),
    ];
  }
  const outcome = expected.pam === "PAM_SUCCESS" ? "let in" : "kept out";
  return [paint.green(`          ${signs.right} ${name}: ${outcome}, as it should be (${Math.round(elapsedMs)} ms)`)];
}

function summary(paint: Paint, failed: readonly string[], elapsedMs: number): readonly string[] {
  const count = scenes.length;
  const seconds = (elapsedMs / 1000).toFixed(1);
  if (failed.length === 0) {
    return [paint.bold(paint.green(`All ${count} scenes ended as they should, in ${seconds} s.`))];
  }
  return [
    paint.bold(paint.red(`${failed.length} of ${count} scenes did not end as they should: ${failed.join(", ")}.`)),
  ];
}
