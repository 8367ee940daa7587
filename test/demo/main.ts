// `npm run demo`: logins through the real daemon, the real module and libpam, against an emulator of Duo, without an account
// and without root. The only file here that reads argv and the environment and sets the exit code.

import { Command, CommanderError } from "commander";
import { watchInterrupts } from "./interrupt.ts";
import { menu } from "./menu.ts";
import { createPaint } from "./paint.ts";
import { CannotRun, type Stage, startStage } from "./stage.ts";
import { tour } from "./tour.ts";

const EXIT = { asItShould: 0, sceneFailed: 1, usage: 2, cannotRun: 3 } as const;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function wantsTour(argv: readonly string[]): boolean {
  const command = new Command("npm run demo --")
    .description(
      "Logs users in through the real daemon, the real PAM module and libpam, against an emulator of Duo.\n" +
        "Needs no Duo account and no root; leaves nothing behind. On a terminal you are the user and the phone;\n" +
        "elsewhere, or with --tour, a tour of scripted logins is played and checked.",
    )
    .option("--tour", "play the tour and end, also on a terminal")
    .exitOverride()
    .addHelpText(
      "after",
      `
Exit codes:
  0  every scene ended as it should
  1  one did not; it says what was expected and what came
  2  the command line is not right
  3  the machine lacks something, which is named
Colours follow NO_COLOR.`,
    );
  const { tour: asked } = command.parse(argv).opts<{ tour?: boolean }>();
  return asked === true || !(process.stdin.isTTY && process.stdout.isTTY);
}

async function main(scripted: boolean): Promise<number> {
  const interrupt = watchInterrupts();
  const { signal } = interrupt;
  const paint = createPaint(process.env, process.stdout.isTTY === true);
  let stage: Stage | undefined;
  try {
    const began = performance.now();
    stage = await startStage((what) => print(paint.dim(`starting ${what}`)), signal);
    print(paint.dim(`ready after ${((performance.now() - began) / 1000).toFixed(1)} s`));
    const well = scripted ? await tour(stage, paint, print, signal) : await menu({ stage, paint, print, interrupt });
    return well ? EXIT.asItShould : EXIT.sceneFailed;
  } catch (error) {
    const code = interrupt.exitCode();
    if (code !== undefined) return code;
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof CannotRun ? EXIT.cannotRun : EXIT.sceneFailed;
  } finally {
    await stage?.close();
  }
}

try {
  process.exitCode = await main(wantsTour(process.argv));
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.asItShould : EXIT.usage;
}
