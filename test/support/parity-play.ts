// Plays parity scenarios: each through Duo Unix and through duogate, with an emulator of its own for either, a few at a time.
// It judges nothing. Called by test/parity.

import { startEmulator } from "../emulator/emulator.ts";
import { withPerson } from "./official-phone.ts";
import { type Outcome, outcomeOf } from "./parity-outcome.ts";
import { runOurs } from "./parity-ours.ts";
import type { ParityRun } from "./parity-pam.ts";
import { duoNameOf, type ParityScenario, type PlacedScenario, usersOf } from "./parity-scenario.ts";
import { runTheirs } from "./parity-theirs.ts";

/** Both outcomes of one scenario, or why there are none. */
export interface Played {
  readonly scenario: PlacedScenario;
  readonly theirs: Outcome;
  readonly ours: Outcome;
}
export type PlayedOrFailed = Played | { readonly scenario: PlacedScenario; readonly failure: unknown };

/** More than the processors are: much of a login is waiting. */
const AT_ONCE = 4;

/** Plays them all, in their order. A scenario that cannot be played does not stop the others. */
export async function playAll(scenarios: readonly PlacedScenario[]): Promise<readonly PlayedOrFailed[]> {
  const results: PlayedOrFailed[] = [];
  const left = scenarios.entries();
  const worker = async (): Promise<void> => {
    for (const [index, scenario] of left) results[index] = await playOne(scenario);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

async function playOne(scenario: PlacedScenario): Promise<PlayedOrFailed> {
  try {
    const theirs = await side(scenario, runTheirs);
    return { scenario, theirs, ours: await side(scenario, runOurs) };
  } catch (failure) {
    return { scenario, failure };
  }
}

async function side(scenario: ParityScenario, run: typeof runTheirs): Promise<Outcome> {
  const { policy = {}, phone = [], habit, before } = scenario;
  const emulator = await startEmulator({ users: usersOf(scenario), policy });
  try {
    const name = duoNameOf(scenario);
    if (habit !== undefined) emulator.whenPushed(name, habit);
    before?.(emulator);
    const ran: ParityRun = await withPerson(emulator, name, phone, () => run(emulator, scenario));
    return outcomeOf(emulator, scenario, ran);
  } finally {
    await emulator.close();
  }
}
