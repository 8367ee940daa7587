// Plays parity scenarios: each through Duo Unix and through duogate, a few at a time, each lane with an emulator
// that is reset before every login.
// It judges nothing. Called by test/parity.

import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { withPerson } from "./official-phone.ts";
import { type Daemons, runOurs } from "./parity-ours.ts";
import { type Outcome, outcomeOf } from "./parity-outcome.ts";
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
const AT_ONCE = 6;

/** An emulator that plays one login after the other, and the daemons that are configured for it. */
interface Lane {
  readonly emulator: Emulator;
  readonly daemons: Daemons;
}

/** Plays them all, in their order. A scenario that cannot be played does not stop the others. */
export async function playAll(scenarios: readonly PlacedScenario[]): Promise<readonly PlayedOrFailed[]> {
  const results: PlayedOrFailed[] = [];
  const left = scenarios.entries();
  const worker = async (): Promise<void> => {
    const lane: Lane = { emulator: await startEmulator({ users: {} }), daemons: new Map() };
    try {
      for (const [index, scenario] of left) results[index] = await playOne(lane, scenario);
    } finally {
      await Promise.all([...lane.daemons.values()].map((daemon) => daemon.stop()));
      await lane.emulator.close();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

async function playOne(lane: Lane, scenario: PlacedScenario): Promise<PlayedOrFailed> {
  try {
    const theirs = await withEmulator(lane, scenario, (emulator) => runTheirs(emulator, scenario));
    const ours = await withEmulator(lane, scenario, (emulator) => runOurs(emulator, scenario, lane.daemons));
    return { scenario, theirs, ours };
  } catch (failure) {
    return { scenario, failure };
  }
}

/** Faults get an emulator of their own: what they break (a listening socket, say) is not whole again at once. */
async function withEmulator(lane: Lane, scenario: ParityScenario, run: Run): Promise<Outcome> {
  if (scenario.before === undefined) {
    lane.emulator.reset();
    return await side(lane.emulator, scenario, run);
  }
  const own = await startEmulator({ users: {} });
  return await side(own, scenario, run).finally(() => own.close());
}

type Run = (emulator: Emulator) => Promise<ParityRun>;

async function side(emulator: Emulator, scenario: ParityScenario, run: Run): Promise<Outcome> {
  const { policy = {}, phone = [], habit, before } = scenario;
  for (const [user, account] of Object.entries(usersOf(scenario))) emulator.setUser(user, account);
  emulator.setPolicy(policy);
  const name = duoNameOf(scenario);
  if (habit !== undefined) emulator.whenPushed(name, habit);
  before?.(emulator);
  return outcomeOf(emulator, scenario, await withPerson(emulator, name, phone, () => run(emulator)));
}
