// Owns the interactive demo: the introduction and the menu. Called by main.ts on a terminal.

import type { Interrupt } from "./interrupt.ts";
import { Keyboard } from "./keyboard.ts";
import { liveLogin } from "./live-login.ts";
import { boxed, type Paint } from "./paint.ts";
import { scenes } from "./scenes.ts";
import type { Stage } from "./stage.ts";
import { type Print, tour } from "./tour.ts";

export interface Menu {
  readonly stage: Stage;
  readonly paint: Paint;
  readonly print: Print;
  readonly interrupt: Interrupt;
}

/** Until the user quits. False when a tour was played and a scene did not end as it should. */
export async function menu({ stage, paint, print, interrupt }: Menu): Promise<boolean> {
  const { signal } = interrupt;
  const write = (text: string): void => void process.stdout.write(text);
  const keyboard = new Keyboard({ input: process.stdin, write, onInterrupt: () => interrupt.raise("SIGINT") });
  let well = true;
  try {
    for (const line of introduction(paint)) print(line);
    for (;;) {
      for (const line of choices(paint)) print(line);
      const key = await keyboard.key("12q", signal);
      if (key === "q") return well;
      if (key === "1") await liveLogin({ stage, user: "alice", keyboard, paint, print, write, signal });
      else well = (await tour(stage, paint, print, signal)) && well;
    }
  } finally {
    keyboard.close();
  }
}

function introduction(paint: Paint): readonly string[] {
  const { arrow } = paint.signs;
  return [
    "",
    ...boxed(paint, "duogate", [
      "A second factor for Unix logins. All of this is real here:",
      "",
      `  libpam ${arrow} pam_duogate.so ${arrow} duogated ${arrow} TLS ${arrow} Duo's API`,
      "",
      "but for Duo itself, which is an emulator in this process.",
      "You are the user at the keyboard, and the owner of the phone.",
    ]),
  ];
}

function choices(paint: Paint): readonly string[] {
  return [
    "",
    `  ${paint.bold("1")}  log in as alice, and answer her phone`,
    `  ${paint.bold("2")}  tour: ${scenes.length} logins that play themselves`,
    `  ${paint.bold("q")}  quit`,
    "",
  ];
}
